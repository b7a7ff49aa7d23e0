#!/usr/bin/env python3
"""Shows pages in headless Chromium and says what a person would see.

usage: browser.py FOLDER < pages.json
pages.json: [{"name","url","width","height","lang","dark"}]; a line of JSON a page comes out, and
FOLDER/NAME.png is its screenshot. Speaks the DevTools protocol over --remote-debugging-pipe.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
]
DEADLINE_SECONDS = 90

# What is looked at in the page; runs outside of its policy, and changes nothing.
LOOK = r"""
(() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = s => (s.match(/[\d.]+/g) || []).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.5) return c;
    }
    return [255, 255, 255];
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = 99, where = "";
  while (words.nextNode()) {
    const e = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || e.closest("option, .skip, summary ~ *")) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst) { worst = ratio; where = e.tagName + "." + e.className; }
  }
  const all = (s, f) => [...document.querySelectorAll(s)].map(f);
  return {
    title: document.title,
    lang: document.documentElement.lang,
    marks: all("mark", e => e.textContent),
    hidden: all(".post i", e => e.textContent),
    rows: all("table.queue tbody tr", e => e.innerText).length,
    scripts: document.scripts.length + all("img, iframe, object, embed", e => 1).length,
    links: all("a", e => e.getAttribute("href")),
    sheets: document.styleSheets.length,
    text: document.body.innerText,
    scroll_width: document.documentElement.scrollWidth,
    contrast: Math.round(worst * 100) / 100, contrast_at: where,
    touched: window.touched === undefined ? "no" : "yes",
    transfer: performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
      .reduce((sum, e) => sum + e.encodedBodySize, 0),
  };
})()
"""


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="saring-chromium-")
        down_read, down_write = os.pipe()
        up_read, up_write = os.pipe()

        def child():
            # Chromium reads commands from 3 and writes answers to 4.
            low, high = os.dup(down_read), os.dup(up_write)
            os.dup2(low, 3)
            os.dup2(high, 4)

        program = shutil.which("chromium") or shutil.which("chromium-browser")
        self.process = subprocess.Popen(
            [program, *FLAGS, "--user-data-dir=" + self.profile, "about:blank"],
            preexec_fn=child, close_fds=False, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(down_read)
        os.close(up_write)
        self.down, self.up = down_write, up_read
        self.buffer, self.number, self.events = b"", 0, []
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in "Page", "Runtime", "Log", "Network":
            self.ask(part + ".enable")

    def read(self):
        while b"\0" not in self.buffer:
            more = os.read(self.up, 1 << 16)
            if not more:
                raise SystemExit("Chromium ended")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.down, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def show(self, page, folder):
        self.ask("Emulation.setDeviceMetricsOverride", width=page["width"], height=page["height"],
                 deviceScaleFactor=1, mobile=page["width"] < 600)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if page.get("dark") else "light"}])
        self.ask("Network.setExtraHTTPHeaders", headers={"Accept-Language": page.get("lang", "id")})
        self.events = []
        self.ask("Page.navigate", url=page["url"])
        self.wait_for("Page.loadEventFired")
        seen = self.ask("Runtime.evaluate", expression=LOOK, returnByValue=True)["result"]["value"]
        seen["name"] = page["name"]
        seen["problems"] = [
            event["params"] for event in self.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown",
                                       "Runtime.consoleAPICalled", "Page.javascriptDialogOpening")]
        seen["requests"] = [event["params"]["request"]["url"] for event in self.events
                            if event.get("method") == "Network.requestWillBeSent"]
        picture = self.ask("Page.captureScreenshot", captureBeyondViewport=False)["data"]
        with open(os.path.join(folder, page["name"] + ".png"), "wb") as out:
            out.write(base64.b64decode(picture))
        return seen

    def close(self):
        os.close(self.down)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        # What it left running writes on for a moment.
        end = time.monotonic() + 5
        while os.path.exists(self.profile) and time.monotonic() < end:
            shutil.rmtree(self.profile, ignore_errors=True)


def main():
    signal.alarm(DEADLINE_SECONDS)
    folder = sys.argv[1]
    pages = json.load(sys.stdin)
    browser = Browser()
    try:
        for page in pages:
            print(json.dumps(browser.show(page, folder)), flush=True)
    finally:
        browser.close()


main()
