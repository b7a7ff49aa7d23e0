"""Between an approver and the console: passes all on, and lies as WORK/lie says.  liar.py SERVER WORK"""
import http.client, http.server, json, sys, urllib.parse
upstream, work = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]

def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

def lie_about(document, lie):
    offer = json.loads(document["offer"])
    if lie == "target":
        proposal = json.loads(offer["proposal"])
        proposal["target"] = "situs-oposisi.example"
        offer["proposal"] = canonical(proposal)
    elif lie == "record":
        record = json.loads(offer["record"])
        record["milder"] = "Sudah dicoba semuanya dan tidak ada yang membantu."
        offer["record"] = canonical(record)
    elif lie == "reviewer":
        offer["reviewer"] = "tono"
    elif lie == "case":
        offer["case"] += 1
    elif lie == "class":
        offer["class"] = "procedure"
    elif lie == "season":
        offer["season"] = "0" * 64
    elif lie == "key":
        offer["key"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    elif lie == "sign":
        sign = json.loads(offer["sign"])
        if "suspended" in sign: sign["entry"] = "0" * 64
        else: sign["end"] = sign["end"].replace("2026", "2027")
        offer["sign"] = canonical(sign)
    elif lie == "what":
        offer["what"] = {"proposal": "restore", "restore": "proposal", "lane": "proposal", "appeal": "restore"}[offer["what"]]
    elif lie == "appeal":
        offer["appeal"] += 1
    elif lie == "panel":
        offer["panel"] = ""
    elif lie == "bytes":
        offer["sign"] = offer["proposal"]
    elif lie == "person":
        offer["person"] = "siapa"
    elif lie == "late":
        offer["made"] -= 30 * 24 * 3600 * 1000
    document["offer"] = canonical(offer)
    return document

class Liar(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if b"signature=" in body:
            open(work + "/signatures", "a").write("one\n")
        fields = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "accept-encoding")}
        fields["Host"] = upstream.netloc
        if "Origin" in fields:
            fields["Origin"] = "http://" + upstream.netloc
        to = http.client.HTTPConnection(upstream.netloc, timeout=60)
        to.request(self.command, self.path, body or None, fields)
        answer = to.getresponse()
        data = answer.read()
        try: lie = open(work + "/lie").read().strip()
        except OSError: lie = ""
        if lie == "page" and self.path == "/cases/" + open(work + "/id").read().strip():
            document = json.loads(data)
            document["proposal"]["target"] = "lain.example"
            data = json.dumps(document).encode()
        elif lie and "/approval.json" in self.path:
            data = json.dumps(lie_about(json.loads(data), lie)).encode()
        elif lie == "huge":
            data = b"x" * (2 << 20)
        self.send_response(answer.status)
        for k, v in answer.getheaders():
            if k.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(k, v)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    do_GET = do_POST = pass_on

liar = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
open(work + "/liar.port", "w").write(str(liar.server_address[1]))
liar.serve_forever()
