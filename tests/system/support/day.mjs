// What the browser tests of the console share: somebody's own browser, signing in, forms, and what each
// page must be. Made for one `day`: day(process.argv) reads NODE_MODULES URL WORK PICTURES on|off, and
// leaves the rest in `args`. Lines "ok …" say what was seen; weights of pages go to WORK/weights.
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const MOST_PAGE = 30 << 10, MOST_FIRST_LOAD = 14 << 10, MOST_SECONDS = 3;
const BITS = 400e3, ROUND_TRIP_S = 0.4; // the slow link
const FRAME = 40; // of TCP and IP around each piece of 1460 bytes

export async function day(argv) {
  const [modules, url, work, pictures, scripts, ...args] = argv.slice(2);
  const require = createRequire(modules + "/");
  const puppeteer = require("puppeteer-core");
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const on = scripts === "on";
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=id"],
    protocolTimeout: 120000,
  });
  const problems = [];
  const read = name => readFileSync(`${work}/${name}`, "utf8");
  const text = page => page.evaluate(() => document.body.innerText);
  const has = async (page, words) => assert((await text(page)).includes(words), `"${words}" is not on ${page.url()}: ${(await text(page)).slice(0, 900)}`);
  const lacks = async (page, words) => assert(!(await text(page)).includes(words), `"${words}" is on ${page.url()}`);
  const press = (page, selector) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);

  async function signIn(page, name) {
    const codes = read(name + ".recovery").split("\n");
    await page.goto(url + "/sign-in");
    await page.type("#name", name);
    await page.type("#password", read(name + ".pw").trim());
    await press(page, "button.main");
    assert(page.url().endsWith("/sign-in/code"), page.url());
    await page.type("#code", codes.shift());
    writeFileSync(`${work}/${name}.recovery`, codes.join("\n"));
    await press(page, "button.main");
    await has(page, name);
    const own = (await page.cookies()).find(one => one.name === "__Host-saring");
    assert(own && own.secure && own.httpOnly && own.sameSite === "Strict", "the cookie of " + name);
  }

  // A browser of its own, with nothing kept, for NAME or for a guest.
  async function open(name) {
    const page = await (await browser.createBrowserContext()).newPage();
    page.setDefaultTimeout(60000);
    await page.setExtraHTTPHeaders({ "Accept-Language": "id" });
    await page.setJavaScriptEnabled(on);
    page.on("pageerror", error => problems.push(String(error)));
    page.on("console", message => message.type() === "error" && problems.push(message.text()));
    page.on("requestfailed", request => problems.push("failed: " + request.url()));
    page.on("request", request => request.url().startsWith(url) || problems.push("asks elsewhere: " + request.url()));
    await page.setViewport({ width: 1280, height: 900 });
    if (name) await signIn(page, name);
    return page;
  }

  // What a page weighs to somebody who was never here, and how long a slow link takes for it at least: its
  // bytes, and the round trips in a row (TCP and TLS 1.3, the page, then what the page asks for: on
  // connections of their own, as the worst case; each fits into TCP's first ten pieces). Counted, so a busy
  // machine does not change it.
  async function weigh(page, path) {
    const client = await page.createCDPSession();
    const kinds = new Map(), sizes = new Map();
    let html = 0;
    client.on("Network.responseReceived", one => kinds.set(one.requestId, one.type));
    client.on("Network.dataReceived", one => { if (kinds.get(one.requestId) === "Document") html += one.dataLength; });
    client.on("Network.loadingFinished", one => sizes.set(one.requestId, one.encodedDataLength));
    await client.send("Network.enable");
    await client.send("Network.setCacheDisabled", { cacheDisabled: true });
    await page.goto(url + path, { waitUntil: "load" });
    await client.detach();
    const loads = [...kinds].filter(([, kind]) => ["Document", "Stylesheet", "Script"].includes(kind)).map(([id, kind]) => ({ kind, bytes: sizes.get(id) }));
    const body = loads.reduce((sum, one) => sum + one.bytes, 0);
    const wire = loads.reduce((sum, one) => sum + one.bytes + FRAME * (Math.ceil(one.bytes / 1460) + 4), 0);
    const trips = loads.length > 1 ? 6 : 3;
    const seconds = wire * 8 / BITS + trips * ROUND_TRIP_S;
    appendFileSync(`${work}/weights`, `${path}\t${html}\t${body}\t${trips}\t${seconds.toFixed(2)}\n`);
    assert(html > 0 && body > 0 && loads.some(one => one.kind === "Stylesheet"), `${path} was not seen whole: ${JSON.stringify(loads)}`);
    assert(html <= MOST_PAGE, `${path} has ${html} bytes`);
    assert(body <= MOST_FIRST_LOAD, `the first load of ${path} has ${body} bytes`);
    assert(seconds <= MOST_SECONDS, `${path} takes ${seconds} s of a slow link: ${wire} bytes, ${trips} round trips`);
    await page.setCacheEnabled(true);
    return { html, body, trips, seconds };
  }

  // WCAG 2.2 A and AA by axe-core, which runs outside of the page's policy; contrast in both schemes;
  // no page wider than a phone. With a path it is loaded, and weighed, first.
  async function check(page, path, name) {
    if (path && on) await weigh(page, path);
    else if (path) await page.goto(url + path, { waitUntil: "load" });
    for (const [width, size, scheme] of [[1280, "desktop", "light"], [360, "phone", "dark"]]) {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= width, `${name} is ${wide} wide on ${width}`);
      if (!on) continue;
      await page.screenshot({ path: `${pictures}/${name}-${size}-${scheme}.png`, fullPage: true });
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
      const bad = found.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")}`);
      assert.deepEqual(bad, [], `${name} ${size} ${scheme}`);
    }
    await page.setViewport({ width: 1280, height: 900 });
  }

  // SSHSIG of the bytes that a page shows, made outside of the browser with NAME's key.
  function sign(name, bytes) {
    const file = `${work}/browser.${name}.json`;
    writeFileSync(file, bytes);
    rmSync(file + ".sig", { force: true });
    execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "saring", "-f", `${work}/${name}`, file], { stdio: "ignore" });
    return readFileSync(file + ".sig", "utf8");
  }
  // Pasted, as people do: a signature is long.
  const paste = (page, selector, value) => page.$eval(selector, (one, value) => { one.value = value; }, value);
  const answerTests = async page => {
    for (const test of ["opinion", "satire", "testimony", "campaign", "press", "debunk", "official", "hacked", "wider"])
      await page.click(`input[name=${test}][value=no]`);
  };
  // PAGE loaded anew until DONE says so: with a deadline, for what another process does.
  async function until(page, path, done, what) {
    for (const end = Date.now() + 100000; ; ) {
      // A page that is being loaded anew by its own script is asked again.
      const there = await page.goto(url + path, { waitUntil: "load" }).then(done).catch(() => null);
      if (there) return;
      assert(Date.now() < end, "waited in vain for " + what);
      await new Promise(next => setTimeout(next, 200));
    }
  }

  return {
    url, work, pictures, on, args, problems, read, open, press, text, has, lacks, check, weigh, sign, paste, answerTests, until,
    say: what => console.log(`ok ${what} (scripts ${scripts})`),
    // STEPS, then that no page complained; the first thing that is not as it must be ends it with 1.
    async run(steps) {
      try {
        await steps();
        assert.deepEqual(problems, []);
      } catch (error) {
        console.error(error.stack ?? error);
        process.exitCode = 1;
      } finally {
        await browser.close();
      }
    },
  };
}
