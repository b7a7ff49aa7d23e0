// A reviewer's and an approver's day in headless Chromium, with scripts on and off:
//   node console_browser.mjs NODE_MODULES URL WORK PICTURES on|off CASE OTHER_CASE TARGET
// WORK has NAME.pw and NAME.recovery of sari and rina, and the key rina.
import { strict as assert } from "node:assert";
import { day } from "./support/day.mjs";

const { url, on, args, open, press, text, has, check, weigh, sign, paste, answerTests, until, say, run } = await day(process.argv);
const [caseId, otherCase, target] = args;

await run(async () => {
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
  await until(sari, `/cases/${caseId}/evidence`, () => sari.$("#orders .bad"), "the capture of a name that nobody answers for");
  await check(sari, `/cases/${caseId}/evidence`, "evidence");
  say("a reviewer notes, and asks for a capture that cannot be had");
  await check(sari, `/cases/${caseId}/merge`, "merge");
  if (await sari.$("input[name=into]")) {
    await sari.click("input[name=into]");
    await press(sari, "button[value=preview]");
    await has(sari, "Yang terjadi");
    await check(sari, null, "merge-preview");
    say("a reviewer sees what merging would do");
  }
  await check(sari, "/account", "account");
  await check(sari, `/cases/${caseId}/propose`, "propose");
  await sari.select("#scope", "DOMAIN");
  await sari.type("#target", target);
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
  await check(rina, `/cases/${caseId}/approve`, "approve-blind");
  assert(!(await text(rina)).includes("Pelaporan ke registrar"), "the second look is blind");
  await answerTests(rina);
  await press(rina, "form.blind-form button");
  await has(rina, "Pelaporan ke registrar");
  await check(rina, `/cases/${caseId}/approve`, "approve-sign");
  await paste(rina, "#signature", sign("rina", await rina.$eval("#sign pre", one => one.textContent)));
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

  // A slow link: 400 kbit/s, 400 ms; first counted, then as Chromium makes one of this machine, which may be busy.
  const slow = await open("sari");
  for (const [path, what] of [["/", "the queue"], [`/cases/${caseId}`, "a case"]]) {
    const { seconds } = await weigh(slow, path);
    const client = await slow.createCDPSession();
    await client.send("Network.enable");
    await client.send("Network.setCacheDisabled", { cacheDisabled: true });
    await client.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 400e3 / 8, uploadThroughput: 400e3 / 8 });
    const start = Date.now();
    await slow.goto(url + path, { waitUntil: "load" });
    const took = Date.now() - start;
    await client.detach();
    assert(took <= 30000, `${what} takes ${took} ms at 400 kbit/s`);
    say(`${what} at 400 kbit/s and 400 ms: ${seconds.toFixed(2)} s of network, ${took} ms here`);
  }
});
