"""services.py REQUESTS WORDS: stands in for the public services of tests/feeds/connector/fixtures, with WORDS
put into each answer. Prints its port; appends each request's path and token to REQUESTS."""
import http.server
import json
import os
import sys
import threading

fixtures = os.path.join(os.path.dirname(__file__), 'connector', 'fixtures')
lock = threading.Lock()
ANSWERS = {
    '/api/v1/timelines/tag/pilkada': ('mastodon_tag.json', 'Cek TPS'),
    '/api/v2/search': ('mastodon_search.json', 'Hasil cari'),
    '/xrpc/app.bsky.feed.searchPosts': ('bluesky_search.json', 'Polos'),
    '/v1alpha1/claims:search': ('factcheck.json', 'Surat suara sudah tercoblos di gudang'),
    '/cek/2': ('claimreview.html', 'TPS tutup jam 10'),
    '/s/kpu_contoh': ('telegram.html', '27 November'),
    '/feeds/videos.xml': ('youtube.xml', 'Pemungutan suara 27 November'),
    '/contoh/terbaru': ('rsshub.xml', 'Warga antre sejak pagi'),
    '/bridge': ('rss_bridge.xml', 'Rapat pleno dimulai'),
    '/export.csv': ('export.csv', 'isi'),
    '/tips.ndjson': ('tips.ndjson', 'Cek ini'),
}
TOKENS = {'/api/v2/search': ('Authorization', 'Bearer rahasia-satu'),
          '/v1alpha1/claims:search': ('X-Goog-Api-Key', 'rahasia-dua')}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = self.path.partition('?')[0]
        token = self.headers.get('Authorization') or self.headers.get('X-Goog-Api-Key')
        with lock, open(sys.argv[1], 'a') as log:
            log.write(json.dumps({'path': path, 'token': token}) + '\n')
        wanted = TOKENS.get(path)
        status = 404 if path not in ANSWERS else 200
        if wanted is not None and self.headers.get(wanted[0]) != wanted[1]:
            status = 401
        if path == '/moved':
            self.send_response(302)
            self.send_header('Location', '/api/v2/search')
            self.end_headers()
            return
        body = b''
        if status == 200:
            name, words = ANSWERS[path]
            with open(os.path.join(fixtures, name), 'rb') as file:
                body = file.read().replace(words.encode(), sys.argv[2].encode())
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
