// The 24-hour lane and the appeal that ends it, in headless Chromium: a reviewer offers, a second one signs
// away from the server, the lane's page counts down, the panel sees both sides and decides:
//   node console_lane.mjs NODE_MODULES URL WORK PICTURES on|off CASE TARGET overturn|uphold SARING STATE
// WORK has NAME.pw and NAME.recovery of sari, tono, rina and dewi, and the keys tono and dewi.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { strict as assert } from "node:assert";
import { day } from "./support/day.mjs";

const { url, on, args, open, press, has, lacks, check, sign, paste, answerTests, say, run } = await day(process.argv);
const [caseId, target, decision, saring, state] = args;
// Each reviewer's own; what was in the lane once is barred from it for 30 days.
const captures = ["sari", "tono"].map(who => createHash("sha256").update(`tangkapan ${who} ${target}`).digest("hex"));
const ground = "Situs itu milik koperasi kami, bukan tiruan; formulirnya sudah tidak ada.";
const reason = "Situs meniru halaman pendaftaran pemilih, meminta NIK dan OTP, lalu mengirimnya ke server lain; diulang dua kali.";

// How many hours of a deadline are left: by the second with scripts, in words without.
const clock = async (page, where) => {
  const left = await page.$eval(`${where} .countdown`, one => one.textContent.trim());
  assert(on ? /^\d+:\d\d:\d\d$/.test(left) || /^\d+ (hari|jam)/.test(left) : /^\d+ (hari|jam)/.test(left), `no clock: ${left}`);
  return left;
};

await run(async () => {
  const sari = await open("sari");
  await check(sari, "/urgent", "urgent-empty");
  const cap = page => page.$eval(".cap", one => one.innerText.trim());
  const before = Number((await cap(sari)).match(/^(\d+) dari paling banyak 10/)[1]);
  await sari.goto(`${url}/cases/${caseId}`);
  await press(sari, "button[value=claim]");
  await press(sari, `a[href="/cases/${caseId}/propose"]`);
  await press(sari, "nav.kinds a[href*=urgent]");
  await check(sari, `/cases/${caseId}/propose?kind=urgent`, "propose-urgent");
  await sari.select("#scope", "DOMAIN");
  await sari.type("#target", target);
  await sari.click("input[name=harvest][value=personal_data]");
  await sari.type("#evidence", captures.join("\n"));
  await answerTests(sari);
  await sari.type("#reason", reason);
  await sari.type("#milder", "Tidak ada: datanya diambil sekarang.");
  await sari.type("#conflict", "tidak ada");
  await sari.type("#second", "tono");
  await sari.type("#second_minutes", "20");
  await sari.type("#second_sha256", captures[1]);
  await sari.type("#on_call", "rina");
  await sari.type("#told_minutes", "10");
  await sari.type("#registrant", "surel ke abuse registrar");
  await press(sari, "button[value=preview]");
  await has(sari, "Apa lagi yang ikut terkena");
  assert.equal(await sari.$eval("#second", one => one.value), "tono", "the form keeps what was typed");
  await check(sari, null, "propose-urgent-preview");
  await press(sari, "button[value=propose]");
  await has(sari, "Jalur darurat 24 jam");
  await sari.goto(url + "/urgent");
  assert.equal(await cap(sari), `${before} dari paling banyak 10 sedang berlaku`, "one reviewer is not two");
  say("a reviewer offers a case to the 24-hour lane; nothing is in force");

  const tono = await open("tono");
  await check(tono, `/cases/${caseId}/approve`, "urgent-second");
  await paste(tono, "#signature", sign("dewi", await tono.$eval("#sign pre", one => one.textContent)));
  await tono.type("#conflict", "tidak ada");
  await press(tono, "button[value=urgent]");
  assert(await tono.$(".said.refused"), "another's signature is refused");
  await tono.goto(`${url}/cases/${caseId}/approve`);
  await paste(tono, "#signature", sign("tono", await tono.$eval("#sign pre", one => one.textContent)));
  await tono.type("#conflict", "tidak ada");
  await press(tono, "button[value=urgent]");
  assert(!(await tono.$(".said.refused")), "the second reviewer's signature");
  await check(tono, "/urgent", "urgent");
  assert.equal(await cap(tono), `${before + 1} dari paling banyak 10 sedang berlaku`, "the cap is shown");
  await has(tono, target.replaceAll(".", "[.]"));
  await has(tono, "rina");
  await has(tono, "Mitra Cek Contoh");
  const left = await clock(tono, ".lane h2");
  assert(/^(24|23)\b/.test(left), "24 hours: " + left);
  if (on) await tono.waitForFunction(was => document.querySelector(".lane h2 .countdown").textContent !== was, {}, left);
  say("the second reviewer signs elsewhere and pastes it; the lane counts down, its cap is shown");

  // Anybody appeals; the panel alone decides, with both sides before it.
  execFileSync(saring, ["review", "lodge", caseId, "--ground", ground, "--state", state], { stdio: "ignore" });
  await sari.goto(url + "/appeals");
  await press(sari, "section.appeal a.button");
  await has(sari, ground);
  assert.equal(await sari.$(".act-form"), null, "a reviewer decides no appeal");
  const dewi = await open("dewi");
  await check(dewi, "/appeals", "appeals");
  await clock(dewi, "section.appeal .lease");
  await press(dewi, "section.appeal a.button");
  await check(dewi, new URL(dewi.url()).pathname, "appeal");
  await has(dewi, ground);
  await has(dewi, reason);
  const panel = await clock(dewi, ".top .lease");
  assert(/^(3 hari|2 hari|7[12])/.test(panel), "72 hours: " + panel);
  await dewi.type("#reason", decision === "overturn" ? "Pemiliknya menunjukkan akta; panen datanya tidak terbukti." : "Akta itu milik nama lain; panen datanya terbukti.");
  await press(dewi, `button[value=${decision}]`);
  if (decision === "uphold") {
    // What lets it stand is signed, with a key that the server never sees.
    await check(dewi, null, "appeal-sign");
    await paste(dewi, "#signature", sign("dewi", await dewi.$eval("#sign pre", one => one.textContent)));
    await press(dewi, "#sign button[value=uphold]");
  }
  await has(dewi, decision === "overturn" ? "Banding: keputusan dibatalkan" : "Banding: keputusan dikuatkan");
  await check(dewi, null, "appeal-decided");
  assert.equal(await dewi.$(`button[value=${decision}]`), null, "it is decided once");
  await dewi.goto(url + "/urgent");
  // Upheld or not: what was in the lane has no independent approver, so it is not in force again.
  assert.equal(await cap(dewi), `${before} dari paling banyak 10 sedang berlaku`, "what the decision leads to");
  await lacks(dewi, target.replaceAll(".", "[.]"));
  await dewi.goto(url + "/entries");
  const row = await dewi.$$eval("table.rows tbody tr", (all, name) => all.map(one => one.innerText).find(one => one.includes(name)), target.replaceAll(".", "[.]"));
  assert(row.includes(decision === "overturn" ? "dicabut" : "ditangguhkan"), "the entry: " + row);
  say("the panel sees both sides and the clock, and decides: " + decision);
});
