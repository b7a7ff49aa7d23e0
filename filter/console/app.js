// Comforts of the console; every page works without them. Keys never approve, sign or remove anything.
const rows = [...document.querySelectorAll("table.rows tbody tr, table.queue tbody tr")];
const sheet = document.querySelector("a.keys");
let at = -1;

const link = rel => document.querySelector(`.turn a[rel=${rel}]`);
const follow = a => { if (a) location.href = a.href; };
const select = step => {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at].classList.add("at");
  rows[at].scrollIntoView({ block: "nearest" });
  rows[at].querySelector("a")?.focus({ preventScroll: true });
};
const keys = {
  j: () => select(1),
  k: () => select(-1),
  u: () => follow(document.querySelector("a.brand")),
  n: () => follow(link("next")),
  p: () => follow(link("prev")),
  c: () => document.querySelector("button[value=claim]")?.click(),
  r: () => document.getElementById("reason")?.focus(),
  "?": () => follow(sheet),
};
addEventListener("keydown", event => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// Deadlines within the hour count down by the second; one that passed shows the page anew, unless
// somebody is writing on it.
const timers = [...document.querySelectorAll(".countdown[data-until]")];
const two = n => String(n).padStart(2, "0");
const tick = () => {
  for (const one of timers) {
    const left = Math.round((Date.parse(one.dataset.until) - Date.now()) / 1000);
    if (left <= 0 || left >= 86400) continue;
    const hours = Math.floor(left / 3600), rest = left % 3600;
    one.textContent = (hours ? hours + ":" : "") + two(Math.floor(rest / 60)) + ":" + two(rest % 60);
    one.classList.toggle("soon", left < 300);
  }
};
if (timers.length) { tick(); setInterval(tick, 1000); }

// How many wait, beside the word in the tabs and in the title of a tab that lies behind.
const tab = document.querySelector("nav.tabs a");
const title = document.title;
const count = async () => {
  if (document.hidden && Math.random() < .5) return;
  const answer = await fetch("/count", { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { waiting } = await answer.json();
  let badge = tab.querySelector("b");
  if (!badge) tab.append(" ", badge = document.createElement("b"));
  badge.textContent = waiting;
  document.title = waiting ? `(${waiting}) ${title}` : title;
};
if (tab && document.body.classList.contains("queue-page")) { count(); setInterval(count, 20000); }

// Pages that are being captured: shown anew once one of them is done, unless somebody is writing.
const orders = document.querySelector("#orders[data-open]");
const look = async () => {
  const answer = await fetch(location.pathname, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { open } = await answer.json();
  const url = document.getElementById("url");
  if (String(open) !== orders.dataset.open && !url?.value) location.reload();
};
if (orders && orders.dataset.open !== "0") setInterval(look, 2000);

// A button that was pressed is not pressed twice; a page that comes back from the cache may be.
addEventListener("submit", event => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
