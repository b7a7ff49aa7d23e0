"""A link shortener, and beside it a site that no shortener is: prints both ports, then appends a
line METHOD HOST PATH per request to the file named first. The words behind the file, if any, are the
paths that it knows, as NAME=URL: what each leads to."""
import http.server
import socketserver
import sys
import threading
import time

log_lock = threading.Lock()
ports = []
known = dict(word.split('=', 1) for word in sys.argv[2:])
PAGE = (b'<html><head><script>"<meta http-equiv=refresh content=0;url=https://salah.example/>"</script>'
        b'<META HTTP-EQUIV="Refresh" CONTENT="0; URL=\'https://halaman.example/a?b=1&amp;c=2\'"></head></html>')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b'', location=None):
        self.send_response(status)
        if location is not None:
            self.send_header('Location', location)
        self.send_header('Content-Length', len(body))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def do_GET(self):
        host, path = self.headers.get('Host', ''), self.path
        with log_lock, open(sys.argv[1], 'a') as log:
            log.write('%s %s %s\n' % (self.command, host, path))
        here = 'http://127.0.0.1:%d' % ports[0]
        name = path.lstrip('/')
        is_head = self.command == 'HEAD'
        if name in known:
            self.answer(301, location=known[name])
        elif name == 'ok':
            self.answer(301, b'x' * 40, 'https://tujuan.example/isi?utm_source=x&no=1#bagian')
        elif name == 'relative':
            self.answer(302, location='/ok')
        elif name == 'get':
            self.answer(405) if is_head else self.answer(307, location='https://tujuan.example/lewat-get')
        elif name == 'page':
            self.answer(200, PAGE)
        elif name == 'no-head' and is_head:
            self.close_connection = True
        elif name == 'no-head':
            self.answer(308, location='https://tujuan.example/tanpa-head')
        elif name.startswith('chain'):
            left = int(name[5:])
            self.answer(302, location='%s/chain%d' % (here, left - 1) if left else 'https://ujung.example/')
        elif name == 'loop':
            self.answer(301, location=here + '/loop')
        elif name == 'front':
            self.answer(302, location=here + '/')
        elif name == 'beside':
            self.answer(302, location='http://127.0.0.1:%d/rahasia' % ports[1])
        elif name == 'private-shortener':
            self.answer(302, location='http://localhost:%d/rahasia' % ports[1])
        elif name == 'script':
            self.answer(302, location='javascript:alert(1)')
        elif name == 'file':
            self.answer(302, location='file:///etc/passwd')
        elif name == 'long':
            self.answer(302, location='https://tujuan.example/' + 'a' * 5000)
        elif name == 'nothing':
            self.answer(200, b'<html>halaman biasa</html>')
        elif name == 'endless':
            self.send_response(200)
            self.end_headers()
            try:
                while not is_head:
                    self.wfile.write(b' ' * 65536)
            except OSError:
                pass
            self.close_connection = True
        elif name.startswith('slow'):
            time.sleep(30)
            self.close_connection = True
        else:
            self.answer(404)

    do_HEAD = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


servers = [Server(('127.0.0.1', 0), Handler) for _ in range(2)]
ports.extend(server.server_address[1] for server in servers)
print(*ports, flush=True)
threading.Thread(target=servers[1].serve_forever, daemon=True).start()
servers[0].serve_forever()
