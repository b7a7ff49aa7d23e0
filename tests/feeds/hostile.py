"""A server with every kind of feed that is not nice. Prints its port; appends each request to the
file named on the command line, one line of JSON: path, and the headers that a test looks at. Words
behind that are what the posts of /good and of the malformed feeds say."""
import base64
import gzip
import http.server
import json
import select
import socket
import sys
import threading
import time

FEED = b'<rss version="2.0"><channel><item><guid>1</guid><title>halo</title></item></channel></rss>'
BOMB = (b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' +
        b''.join(b'<!ENTITY %c "%s">' % (98 + i, b'&%c;' % (97 + i) * 10) for i in range(10)) +
        b']><rss version="2.0"><channel><item><guid>1</guid><title>&k;</title></item></channel></rss>')
# FEED as brotli and as zstd, which this Python need not have; 64 MiB of zeros as brotli.
BROTLI = base64.b64decode('G1kAYC2OdxE+HJaihdKpvkHNI4cWM2Fk2Npn7i1svKSIC49TDliTrAUBdjjQzQ8tObAC7qCFv1/VuecUgKFm2HxsEX'
    'rf/ydQwADcCg==')
ZSTD = base64.b64decode('KLUv/SBaVQIAAoQOFZC5DUgCuI4JgmC765DkCHx9JO66BN9VZmZzyoN+uXDZPPxABfGTW+jnqR5k+EYICFNowlW3AL'
    'vKAQQAWxWx1MBe5m9XKQM=')
GZIP_BOMB = gzip.compress(bytes(64 << 20))  # made before anybody asks: clients wait 3 s
BROTLI_BOMB = base64.b64decode('y///P/gnAOKxQCD3/o///3/wTwDEYRGA7v0f////4J8AiMMCAN37P/7//8E/ARCHBQC693/8//+DfwIgDgsAdO//+P'
    '//B/8EQBwWAOje//H//w/+CYA4LADQvf/j//8f/BMAcVgAoHv/Nw==')
WORDS = ' '.join(sys.argv[2:]).encode()
log_lock = threading.Lock()


def item(guid):
    return b'<item><guid isPermaLink="false">%s</guid><title>%s</title></item>' % (guid, WORDS)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', len(body))
        self.end_headers()
        self.wfile.write(body)

    def endless(self, first, pause):
        self.send_response(200)
        self.send_header('Connection', 'close')
        self.end_headers()
        self.wfile.write(first)
        while True:
            self.wfile.write(b' ' * (1 if pause else 65536))
            self.wfile.flush()
            time.sleep(pause)

    def do_GET(self):
        with log_lock, open(sys.argv[1], 'a') as log:
            log.write(json.dumps({'path': self.path, **{
                name: self.headers.get(name)
                for name in ('Cookie', 'Authorization', 'User-Agent', 'If-None-Match',
                             'If-Modified-Since', 'Accept-Encoding')}}) + '\n')
        try:
            self.serve(self.path.partition('?')[0])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_CONNECT(self):
        """A proxy as well: tunnels to the address that it is given."""
        with log_lock, open(sys.argv[1], 'a') as log:
            log.write(json.dumps({'path': 'CONNECT ' + self.path}) + '\n')
        host, _, port = self.path.rpartition(':')
        try:
            with socket.create_connection((host.strip('[]'), int(port)), 10) as other:
                self.send_response(200)
                self.end_headers()
                while True:
                    ready, _, _ = select.select([self.connection, other], [], [], 30)
                    if not ready:
                        break
                    part = ready[0].recv(65536)
                    if not part:
                        break
                    (other if ready[0] is self.connection else self.connection).sendall(part)
        except OSError:
            pass
        self.close_connection = True

    def serve(self, path):
        port = self.server.server_address[1]
        if path == '/ok':
            if self.headers.get('If-None-Match') == '"v1"':
                return self.answer(304, ETag='"v1"')
            return self.answer(200, FEED, ETag='"v1"', Content_Type='application/rss+xml',
                               Last_Modified='Sat, 21 Nov 2026 01:43:00 GMT')
        if path == '/gzip':
            return self.answer(200, gzip.compress(FEED), Content_Encoding='gzip')
        if path in ('/br', '/zstd'):
            return self.answer(200, BROTLI if path == '/br' else ZSTD, Content_Encoding=path[1:])
        if path == '/br-bomb':
            return self.answer(200, BROTLI_BOMB, Content_Encoding='br')
        if path == '/nuls':
            return self.answer(200, b'<rss>\0\0' + item(b'nuls').replace(b'<title>', b'<title>\0') + b'\0</rss>')
        if path == '/mixed':
            return self.answer(200, '<rss><item><guid>mixed</guid><title>é '.encode() + WORDS +
                               ' ü</title><description>caf'.encode() + b'\xe9</description></item></rss>')
        if path == '/bad-gzip':
            return self.answer(200, b'\x1f\x8b\x08\x00 not gzip at all', Content_Encoding='gzip')
        if path == '/gzip-bomb':
            return self.answer(200, GZIP_BOMB, Content_Encoding='gzip')
        if path == '/large':
            return self.answer(200, bytes(2 << 20))
        if path == '/endless':
            return self.endless(FEED, 0)
        if path == '/trickle':
            return self.endless(FEED, 0.2)
        if path == '/silent':
            return time.sleep(3600)
        if path == '/headers':
            self.send_response(200)
            self.flush_headers()
            while True:
                self.wfile.write(b'X-More: %s\r\n' % (b'a' * 1000))
        if path == '/short':
            self.send_response(200)
            self.send_header('Content-Length', len(FEED) + 1000)
            self.end_headers()
            self.wfile.write(FEED)
            self.close_connection = True
            return None
        if path == '/long':
            self.send_response(200)
            self.send_header('Content-Length', 5)
            self.end_headers()
            self.wfile.write(FEED)
            self.close_connection = True
            return None
        if path == '/entity-bomb':
            return self.answer(200, BOMB)
        if path == '/utf16':
            return self.answer(200, FEED.decode().encode('utf-16-be'),
                               Content_Type='text/xml; charset=utf-16be')
        if path == '/good':
            return self.answer(200, b'<rss>' + b''.join(item(b'good-%d' % i) for i in range(3)) + b'</rss>')
        if path == '/unclosed':
            return self.answer(200, b'<rss><channel><item><guid>unclosed</guid><title>' + WORDS + b' & <b>x')
        if path == '/bytes':
            return self.answer(200, b'<?xml version="1.0" encoding="utf-8"?><rss><item><guid>bytes</guid>'
                               b'<title>\xff\xfe ' + WORDS + b' \xc3</title></item></rss>')
        if path == '/claims-utf16':
            return self.answer(200, b'<rss><item><guid>claims</guid><title>' + WORDS + b'</title></item></rss>',
                               Content_Type='text/xml; charset=utf-16')
        if path == '/bomb-beside':
            return self.answer(200, BOMB.replace(b'</item>', b'</item><item><guid>beside</guid><title>' +
                                                 WORDS + b'</title></item>'))
        if path == '/deep':
            return self.answer(200, b'<rss><item><guid>deep</guid><title>' + WORDS + b'</title></item>' +
                               b'<a>' * 100000)
        if path == '/brackets':
            return self.answer(200, b'{"items":[{"id":"brackets","content_text":"' + WORDS + b'"},' + b'[' * 100000)
        if path == '/page':
            return self.answer(200, b'<!DOCTYPE html><html><body><p>' + WORDS + b'</p></body></html>',
                               Content_Type='text/html')
        if path == '/cookie':
            return self.answer(200, FEED, Set_Cookie='id=1; Path=/')
        if path == '/login':
            return self.answer(401, WWW_Authenticate='Basic realm="x"')
        redirects = {'/loop': (302, '/loop'), '/301': (301, '/ok'), '/308': (308, '/ok'),
                     '/302': (302, '/ok'), '/301-302': (301, '/302'),
                     '/elsewhere': (302, 'http://localhost:%d/ok' % port),
                     '/metadata': (302, 'http://169.254.169.254/latest/meta-data/'),
                     '/mapped': (302, 'http://[::ffff:127.0.0.1]:%d/ok' % port),
                     '/file': (302, 'file:///etc/passwd'), '/gopher': (302, 'gopher://127.0.0.1/x'),
                     '/password': (302, 'http://a:b@127.0.0.1:%d/ok' % port),
                     '/profile': (301, '/@nama.rss'), '/301-gone': (301, '/410')}
        if path in redirects:
            status, place = redirects[path]
            return self.answer(status, Location=place)
        if path == '/@nama.rss':
            return self.answer(200, FEED)
        if path == '/429':
            return self.answer(429, Retry_After='7200')
        if path == '/503':
            return self.answer(503)
        if path.strip('/').isdigit():
            return self.answer(int(path.strip('/')))
        return self.answer(404)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(('127.0.0.1', 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
