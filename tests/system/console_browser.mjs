// A reviewer's, an approver's and an auditor's day in headless Chromium, with scripts on and off:
//   node console_browser.mjs NODE_MODULES URL WORK PICTURES CASE OTHER_CASE on|off
// WORK has NAME.pw and NAME.recovery of sari, rina and adit, and the key rina. Says what it saw as lines
// "ok …"; ends with 1 at the first thing that is not as it must be.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, work, pictures, caseId, otherCase, scripts] = process.argv.slice(2);
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

async function open(name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  await page.setExtraHTTPHeaders({ "Accept-Language": "id" });
  await page.setJavaScriptEnabled(on);
  page.on("pageerror", error => problems.push(String(error)));
  page.on("console", message => message.type() === "error" && problems.push(message.text()));
  page.on("requestfailed", request => problems.push("failed: " + request.url()));
  page.on("request", request => assert(request.url().startsWith(url), "asks elsewhere: " + request.url()));
  await page.setViewport({ width: 1280, height: 900 });
  if (name) await signIn(page, name);
  return page;
}

const press = (page, selector) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
const text = page => page.evaluate(() => document.body.innerText);
const has = async (page, words) => assert((await text(page)).includes(words), `"${words}" is not on ${page.url()}: ${(await text(page)).slice(0, 900)}`);

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
  const cookies = await page.cookies();
  const own = cookies.find(one => one.name === "__Host-saring");
  assert(own && own.secure && own.httpOnly && own.sameSite === "Strict", "the cookie of " + name);
}

// WCAG 2.2 A and AA by axe-core, which runs outside of the page's policy; contrast in both schemes.
async function check(page, path, name) {
  for (const [width, size, scheme] of [[1280, "desktop", "light"], [360, "phone", "dark"]]) {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    if (path) await page.goto(url + path, { waitUntil: "load" });
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

const say = what => console.log(`ok ${what} (scripts ${scripts})`);
const answerTests = async page => {
  for (const test of ["opinion", "satire", "testimony", "campaign", "press", "debunk", "official", "hacked", "wider"])
    await page.click(`input[name=${test}][value=no]`);
};

try {
  const guest = await open(null);
  await check(guest, "/sign-in", "sign-in");
  say("the page of signing in");

  const sari = await open("sari");
  await check(sari, "/", "signed-in-queue");
  if (on) {
    await sari.goto(url + "/");
    await sari.keyboard.press("j");
    await sari.keyboard.press("j");
    assert.equal(await sari.$$eval("tr.at", rows => rows.length), 1, "j chooses a row");
    await sari.waitForSelector("nav.tabs a b");
    await sari.keyboard.press("?");
    await sari.waitForFunction(() => location.pathname === "/keys");
    say("keys, and how many wait");
  }
  await sari.goto(`${url}/cases/${otherCase}`);
  await press(sari, "button[value=claim]");
  await has(sari, "Kasus ini milik Anda");
  await sari.type("#reason", "Tidak ada yang diambil di sini.");
  await press(sari, "button[value=dismiss]");
  await has(sari, "Dilepas");
  say("a reviewer takes a case and dismisses it");

  await sari.goto(`${url}/cases/${caseId}`);
  await press(sari, "button[value=claim]");
  await check(sari, null, "case-claimed");
  if (on) {
    const timer = await sari.$eval(".lease .countdown", one => one.textContent);
    assert(/^(19|20):\d\d$/.test(timer), "the lease counts down: " + timer);
  }
  await sari.goto(`${url}/cases/${caseId}/notes`);
  await sari.type("#note", "Registrar sudah dihubungi; formulirnya masih ada.");
  await press(sari, ".act-form button");
  await has(sari, "Catatan disimpan");
  await check(sari, `/cases/${caseId}/notes`, "notes");
  await sari.goto(`${url}/cases/${caseId}/evidence`);
  await press(sari, "#capture button");
  await has(sari, "Halaman akan direkam");
  const failed = async () => (await sari.$(".bad")) || (await sari.goto(`${url}/cases/${caseId}/evidence`), await sari.$("#orders .bad"));
  for (const end = Date.now() + 100000; !(await failed().catch(() => null)); ) { // a name that nobody answers for
    assert(Date.now() < end, "the capture neither comes nor fails");
    await new Promise(done => setTimeout(done, 500));
  }
  await check(sari, `/cases/${caseId}/evidence`, "evidence");
  say("a reviewer notes, and asks for a capture that cannot be had");
  await check(sari, `/cases/${caseId}/merge`, "merge");
  await sari.goto(`${url}/cases/${caseId}/merge`);
  if (await sari.$("input[name=into]")) {
    await sari.click("input[name=into]");
    await press(sari, "button[value=preview]");
    await has(sari, "Yang terjadi");
    await check(sari, null, "merge-preview");
    say("a reviewer sees what merging would do");
  }
  await check(sari, "/account", "account");
  await sari.goto(`${url}/cases/${caseId}/propose`);
  await check(sari, null, "propose");
  await sari.select("#scope", "DOMAIN");
  await sari.type("#target", process.env.TARGET);
  await sari.click("input[name=harvest][value=personal_data]");
  await sari.type("#evidence", "a".repeat(64));
  await answerTests(sari);
  await sari.type("#reason", "Situs meniru halaman pendaftaran pemilih, meminta NIK dan OTP, lalu mengirimnya ke server lain; diulang dua kali.");
  await sari.type("#milder", "Pelaporan ke registrar belum dijawab.");
  await sari.type("#conflict", "tidak ada");
  await press(sari, "button[value=preview]");
  await has(sari, "Apa lagi yang ikut terkena");
  await check(sari, null, "propose-preview");
  await press(sari, "button[value=propose]");
  await has(sari, "Diusulkan");
  say("a reviewer proposes");

  const rina = await open("rina");
  await rina.goto(`${url}/cases/${caseId}/approve`);
  await check(rina, null, "approve-blind");
  assert(!(await text(rina)).includes("Pelaporan ke registrar"), "the second look is blind");
  await answerTests(rina);
  await press(rina, "form.blind-form button");
  await has(rina, "Pelaporan ke registrar");
  await check(rina, null, "approve-sign");
  const bytes = await rina.$eval("#sign pre", one => one.textContent);
  writeFileSync(`${work}/browser.json`, bytes);
  rmSync(`${work}/browser.json.sig`, { force: true });
  execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "saring", "-f", `${work}/rina`, `${work}/browser.json`], { stdio: "ignore" });
  await rina.$eval("#signature", () => 0);
  await rina.focus("#signature");
  await rina.type("#signature", read("browser.json.sig"), { delay: 0 });
  await rina.type("#conflict", "tidak ada");
  await press(rina, "button[value=approve]");
  await has(rina, "Terdaftar");
  say("an approver answers blind, signs elsewhere, approves");
  if (on) {
    for (const key of ["a", "y", "Enter", "s"]) await rina.keyboard.press(key);
    await has(rina, "Terdaftar");
  }

  await sari.goto(`${url}/cases/${caseId}`);
  await sari.type("#reason", "Situs sudah ditutup.");
  await press(sari, "button[value=remove]");
  await has(sari, "dicabut");
  await sari.goBack();
  say("one person removes the entry");

  const adit = await open("adit");
  for (const [path, name] of [["/entries", "entries"], ["/urgent", "urgent"], ["/appeals", "appeals"], ["/alike", "alike"], [`/cases/${caseId}/copies`, "copies"],
    ["/rules", "rules"], ["/sources", "sources"], ["/people", "people"], ["/log", "log"], ["/measures", "measures"], ["/wellbeing", "wellbeing"], ["/keys", "keys"]])
    await check(adit, path, name);
  await adit.goto(url + "/log");
  await press(adit, "section.chain button");
  await has(adit, "Pemeriksaan dimulai");
  say("an auditor reads every page");
  const rule = await adit.goto(url + "/rules").then(() => adit.$eval("td.what a", one => one.getAttribute("href")));
  await check(adit, rule, "rule");

  // A slow link: 400 kbit/s, 400 ms; the queue is there to read within three seconds.
  const slow = await open("sari");
  await slow.setCacheEnabled(false);
  const client = await slow.createCDPSession();
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 400e3 / 8, uploadThroughput: 400e3 / 8 });
  const start = Date.now();
  await slow.goto(url + "/", { waitUntil: "load" });
  const took = Date.now() - start;
  assert(took <= 10000, `the queue takes ${took} ms at 400 kbit/s`); // 3 s on a machine that is not loaded
  console.log(`queue at 400 kbit/s and 400 ms: ${took} ms`);
  writeFileSync(`${pictures}/slow-${scripts}.txt`, `${took}\n`);
  await client.detach();
  assert.deepEqual(problems, []);
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
