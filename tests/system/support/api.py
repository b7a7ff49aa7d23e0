"""The console's JSON, asked as a program asks: every answer is held against the OpenAPI document
that the console itself gives. Used by tests/system/console_json.sh."""
import gzip, http.client, json, re, time, urllib.parse
import jsonschema


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.kind = headers.get_content_type() if headers.get("Content-Type") else None
        text = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        self.json = json.loads(text) if self.kind in ("application/json", "application/problem+json") and text else None

    def __repr__(self):
        return f"{self.status} {self.kind} {self.body[:600]!r}"


class Console:
    def __init__(self, url, document=None):
        self.url = url
        self.document = document or self.raw("/api/openapi.json", "GET", {}).json
        self.checked = set()

    def raw(self, path, method, headers, body=None, is_patient=True, source="127.0.0.1"):
        """Counted against the address it comes from: asked again when there were too many."""
        where = urllib.parse.urlsplit(self.url)
        while True:
            connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60, source_address=(source, 0))
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            got = Answer(answer.status, answer.headers, answer.read())
            connection.close()
            if got.status != 429 or not is_patient:
                return got
            time.sleep(0.3)

    def operation(self, path, method):
        """The documented operation of a real path, and its template."""
        path = path.split("?")[0]
        for template, of in self.document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in of:
                return template, of[method.lower()]
        return None, None

    def valid(self, instance, schema):
        jsonschema.Draft202012Validator({**schema, "components": self.document["components"]},
                                        format_checker=jsonschema.FormatChecker()).validate(instance)

    def check(self, path, method, answer):
        """What came is what the document says of that status."""
        where = f"{method} {path}: {answer}"
        template, operation = self.operation(path, method)
        if method == "HEAD":
            assert not answer.body, where
            return answer
        if answer.kind == "application/problem+json":
            assert answer.status >= 400, where
            self.valid(answer.json, {"$ref": "#/components/schemas/problem"})
            assert answer.json["status"] == answer.status, where
            return answer
        if operation is None or answer.kind is None:
            return answer
        responses = operation["responses"]
        if str(answer.status) in responses and answer.status == 200:
            content = responses["200"]["content"]
            assert answer.kind in content, where
            if answer.kind == "application/json" and answer.json is not None:
                try:
                    self.valid(answer.json, content["application/json"]["schema"])
                except jsonschema.ValidationError as error:
                    raise AssertionError(f"{where}\n{error.message} at {list(error.absolute_path)}")
                self.checked.add((method, template))
        return answer


class Someone:
    """With a session, a token, both or neither."""
    def __init__(self, console, jar=None, token=None, source="127.0.0.1"):
        self.source = source
        self.console, self.token, self.cookie, self.is_patient = console, token, None, True
        if jar:
            for line in open(jar):
                fields = line.removeprefix("#HttpOnly_").rstrip("\n").split("\t")
                if len(fields) == 7 and fields[5] == "__Host-saring":
                    self.cookie = fields[6]

    def ask(self, path, method="GET", headers=None, body=None):
        all_headers = {"Accept": "application/json", **(headers or {})}
        if self.cookie:
            all_headers.setdefault("Cookie", f"__Host-saring={self.cookie}")
        if self.token:
            all_headers.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            all_headers.setdefault("Content-Type", "application/json")
        return self.console.check(path, method, self.console.raw(path, method, all_headers, body, self.is_patient, self.source))

    def get(self, path, **more):
        return self.ask(path, **more)

    def session(self):
        return self.get("/sign-in").json

    def send(self, path, fields, session=None):
        """A form as JSON, with what every form carries."""
        session = session or self.session()
        return self.ask(path, "POST", {"Origin": self.console.url},
                        {"token": session["token"], "once": session["once"], **fields})

    def walk(self, path):
        """All items of a list, by following `next`."""
        items, joint, after = [], "&" if "?" in path else "?", None
        while True:
            got = self.get(path + (f"{joint}after={after}" if after else ""))
            assert got.status == 200, got
            items += got.json["items"]
            after = got.json.get("next")
            if not after:
                return items
