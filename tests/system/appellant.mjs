// The day of somebody whose site does not open, in headless Chromium, with scripts on and off, at the width
// of a phone and of a desktop:
//   node appellant.mjs NODE_MODULES URL BLOCK_PAGE TARGET CASE PICTURES RECEIPT on|off first|after
// `first`: block page, why, record, appeal, receipt (written to the file RECEIPT), status; `after`: what
// became of it. Says "ok …" for what it saw; ends with 1 at the first thing that is not as it must be.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, block, target, caseId, pictures, receiptFile, scripts, step] = process.argv.slice(2);
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
const say = what => console.log(`ok ${what} (scripts ${scripts})`);
const text = page => page.evaluate(() => document.body.innerText);
const has = async (page, words) => assert((await text(page)).includes(words), `"${words}" is not on ${page.url()}: ${(await text(page)).slice(0, 900)}`);
const press = (page, selector) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);

async function open() {
  const page = await (await browser.createBrowserContext()).newPage();
  page.setDefaultTimeout(60000);
  await page.setExtraHTTPHeaders({ "Accept-Language": "id" });
  await page.setJavaScriptEnabled(on);
  page.on("pageerror", error => problems.push(String(error)));
  page.on("console", message => message.type() === "error" && !message.text().includes("404") && problems.push(message.text()));
  page.on("request", request => [url, new URL(block).origin].includes(new URL(request.url()).origin) || problems.push("asks elsewhere: " + request.url()));
  await page.setViewport({ width: 360, height: 780 });
  return page;
}

// WCAG 2.2 A and AA, no page wider than the phone, sizes; pictures to look at.
async function check(page, name) {
  for (const [width, size, scheme] of [[1280, "desktop", "light"], [360, "phone", "dark"], [360, "phone", "light"]]) {
    await page.setViewport({ width, height: 780 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert(wide <= width, `${name} is ${wide} wide on ${width}`);
    if (!on) continue;
    await page.screenshot({ path: `${pictures}/public-${name}-${size}-${scheme}.png`, fullPage: true });
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
    const bad = found.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")}`);
    assert.deepEqual(bad, [], `${name} ${size} ${scheme}`);
  }
  await page.setViewport({ width: 360, height: 780 });
}

try {
  const page = await open();
  if (step === "first") {
    await page.goto(block, { waitUntil: "load" });
    await has(page, "Situs ini diblokir karena penipuan");
    await check(page, "block");
    await press(page, `a[href^="${url}"]`);
    say("from the block page to the register");

    await has(page, "Siapa yang memblokir");
    await check(page, "why");
    await page.type("#q", `https://www.${target}/masuk?x=1`);
    await press(page, "form[role=search] button");
    await has(page, "Ya, ada dalam daftar kami");
    await has(page, `Kasus ${caseId}`);
    await check(page, "why-yes");
    say("why it is blocked, asked for a page below it");

    await press(page, `a[href="/kasus-${caseId}.html"]`);
    for (const words of ["Dasar hukum", "Diputuskan oleh", "Bukti", "Cara yang lebih ringan", "Wilayah", "Tanda tangan"]) await has(page, words);
    await check(page, "record");
    say("the record: what, why, on what law and evidence, by whom");

    await page.type("#alasan", "singkat");
    await page.click("#keberatan button");
    assert(page.url().includes("kasus-"), "the browser holds back what is too short");
    await page.focus("#alasan");
    await page.type("#alasan", " sekali, tetapi domain ini milik koperasi kami; data tidak pernah kami minta.");
    await press(page, "#keberatan button");
    await has(page, "entrinya ditangguhkan");
    await check(page, "receipt");
    const receipt = (await page.$eval("code", one => one.textContent)).trim();
    assert(/^[0-9a-z]{26}$/.test(receipt), "a receipt: " + receipt);
    await press(page, `a[href="/keberatan/${receipt}"]`);
    await has(page, "menunggu putusan");
    await check(page, "status");
    writeFileSync(receiptFile, receipt);
    say("an appeal without an account, its receipt and how it stands");

    await page.goto(url + "/index.html");
    await check(page, "register");
    await page.type("#q", "bukan-dari-kami.example");
    await press(page, "form[role=search] button");
    await has(page, "tidak pernah");
    await check(page, "why-not");
    for (const [path, words] of [["/angka.html", "Pasangan Contoh Satu"], ["/sumber.html", "Yang dibaca"], ["/aturan.html", "Aturan yang berlaku"],
      ["/data.html", "ssh-keygen"], ["/banding.html", "Nomor kasus"], ["/tidak-ada.html", "Tidak ada halaman"]]) {
      await page.goto(url + path);
      await has(page, words);
      await check(page, path.slice(1, -5));
    }
    say("the other pages");
  } else {
    await page.goto(`${url}/keberatan/${readFileSync(receiptFile, "utf8").trim()}`);
    await has(page, "keputusan dibatalkan");
    await check(page, "outcome");
    await press(page, `a[href="/kasus-${caseId}.html"]`);
    await has(page, "dicabut");
    await check(page, "record-after");
    await page.goto(url + "/diblokir.html");
    await page.type("#q", target);
    await press(page, "form[role=search] button");
    await has(page, "Tidak lagi");
    await check(page, "why-was");
    say("the outcome: overturned, and no longer blocked");
  }
  assert.deepEqual(problems, []);
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
