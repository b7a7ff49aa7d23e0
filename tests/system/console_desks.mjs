// What else people do at their desks, in headless Chromium: a reviewer dismisses near-copies together, hands in
// a changed rule that a second person releases, turns a source on and off; an auditor reads everything:
//   node console_desks.mjs NODE_MODULES URL WORK PICTURES on|off RULE RULE_FILE LEVEL
// WORK has NAME.pw and NAME.recovery of sari, rina and adit.
import { readFileSync, writeFileSync } from "node:fs";
import { strict as assert } from "node:assert";
import { day } from "./support/day.mjs";

const { url, work, on, args, open, press, has, check, until, say, run } = await day(process.argv);
const [rule, ruleFile, level] = args;

// Which forms a page has that send something, by where they lead.
const forms = page => page.$$eval("form", all => all.filter(one => one.method === "post").map(one => new URL(one.action).pathname).sort());

await run(async () => {
  // A changed file is a shadow until a second person releases it.
  writeFileSync(ruleFile, readFileSync(ruleFile, "utf8").replace(/^level: .*$/m, `level: ${level}`));

  const sari = await open("sari");
  await check(sari, "/alike", "alike");
  await press(sari, "table.rows td.what a");
  const group = new URL(sari.url()).pathname;
  await check(sari, group, "alike-rule");
  const boxes = await sari.$$("input[name=case]");
  assert(boxes.length >= 2, "cases that are alike");
  const chosen = [];
  for (const box of boxes.slice(0, 2)) {
    await box.click();
    chosen.push(await box.evaluate(one => one.value));
  }
  const reason = "Cerita yang sama, tidak ada yang diambil.";
  await sari.type("#reason", reason);
  await press(sari, "form.act-form button");
  await has(sari, "Yang dipilih dilepas");
  for (const id of chosen) {
    assert.equal(await sari.$(`input[name=case][value="${id}"]`), null, `case ${id} waits no longer`);
    await sari.goto(`${url}/cases/${id}`);
    await has(sari, reason);
    await sari.goto(url + group);
  }
  assert(!(await sari.$("button[value=propose], button[value=approve], button[value=claim]")), "together cases are dismissed, and nothing else");
  say("a reviewer dismisses near-copies together");

  await sari.goto(url + "/sources");
  for (const [action, words, enabled] of [["enable", "Sumber dinyalakan", "true"], ["disable", "Sumber dimatikan", "false"]]) {
    await press(sari, `button[value=${action}]`);
    await has(sari, words);
    await check(sari, null, "sources-" + action);
    assert(readFileSync(`${work}/feeds/sources.yml`, "utf8").includes(`enabled: ${enabled}`), "the file says so");
  }
  say("a reviewer turns a source on and off, in its file");

  const shown = page => page.$eval("#standing h2", one => one.textContent).catch(() => "");
  await until(sari, `/rules/${rule}`, async () => (await shown(sari)) === "Bayangan", "the changed rule");
  await check(sari, `/rules/${rule}`, "rule-shadow");
  await sari.type("#reason", "Tingkatnya berubah.");
  await press(sari, "button[value=rule_submit]");
  await has(sari, "Diserahkan, menunggu orang kedua");
  assert.equal(await sari.$("button[value=rule_release]"), null, "nobody releases their own");
  const rina = await open("rina");
  await check(rina, `/rules/${rule}`, "rule-submitted");
  await rina.type("#reason", "Sudah saya baca.");
  await press(rina, "button[value=rule_release]");
  assert.equal(await shown(rina), "Dilepas", "released by a second person");
  await has(rina, "sari");
  await has(rina, "rina");
  await check(rina, null, "rule-released");
  say("a second person releases a rule");

  // An auditor reads everything. All that their pages send is a try of a text, a check of the chain, and what
  // is their own: signing out, their account, what they would rather not see.
  const adit = await open("adit");
  const own = { "/log": ["/log"], "/rules": ["/rules/try"], "/wellbeing": ["/wellbeing"] };
  for (const [path, name] of [["/", null], [`/cases/${chosen[0]}`, "auditor-case"], [`/cases/${chosen[0]}/copies`, "copies"], [`/cases/${chosen[0]}/notes`, null],
    [`/cases/${chosen[0]}/evidence`, null], ["/alike", null], [group, null], ["/entries", "entries"], ["/urgent", null], ["/appeals", null], ["/rules", "rules"],
    [`/rules/${rule}`, null], ["/sources", "sources"], ["/people", "people"], ["/log", "log"], ["/measures", "measures"], ["/wellbeing", "wellbeing"], ["/keys", "keys"]]) {
    if (name) await check(adit, path, name);
    else await adit.goto(url + path, { waitUntil: "load" }); // others' pages, checked above or in their days
    assert.deepEqual((await forms(adit)).filter(one => one !== "/sign-out"), own[path] ?? [], "forms of an auditor at " + path);
  }
  await adit.goto(url + "/log");
  await press(adit, "section.chain button");
  await has(adit, "Pemeriksaan dimulai");
  await until(adit, "/log", async () => (await adit.$eval("section.chain [role]", one => one.textContent)).startsWith("Utuh."), "the check of the chain");
  await check(adit, null, "log-checked");
  await adit.goto(url + "/measures");
  for (const words of ["Median", "90", "Dibatalkan lewat banding"]) await has(adit, words);
  assert((await adit.$$("svg.plot")).length >= 3, "plots");
  for (const name of ["sari", "tono", "rina"]) assert.equal((await adit.$eval("main", one => one.innerText)).includes(name), false, "figures of a person: " + name);
  say("an auditor reads every page, has the chain checked, and can change nothing");
});
