// The chat: clicks inside the conversation, one question at a time, the count of characters, the export.
const MAX_CHARS = 2000;
const box = () => document.querySelector("#box textarea");

const DRAFT = "policy-qa-draft";  // Gradio reloads the page when a lost connection is back
const isBusy = () => document.getElementById("desk").classList.contains("asking");
const setBusy = (busy) => document.getElementById("desk").classList.toggle("asking", busy);

let sent = null;  // what was in the box when it was asked

function write(text) {
  box().value = text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

function say(text) {
  const notice = document.querySelector("#notice p");
  if (notice) notice.textContent = text;
}

// Gradio would drop a second question in silence; it stays in the box and is told.
function admit(event) {
  if (!isBusy() && navigator.onLine) {
    setBusy(true);
    say("");
    speak("正在查阅条款……");
    return true;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  say(isBusy() ? "上一个问题还在回答，请稍等。您写的内容还在。" : "连接断了，请检查网络。您写的内容还在。");
  return false;
}

// For screen readers: that an answer is on its way, and then all of it at once.
function speak(text) {
  const place = document.getElementById("spoken");
  if (place) place.textContent = text;
}

function count() {
  const length = box()?.value.trim().length ?? 0;
  const over = length - MAX_CHARS;
  const place = document.getElementById("count");
  if (!place) return;
  place.textContent = over > 0 ? `超出 ${over} 字，请删到 ${MAX_CHARS} 字以内` : length ? `${length} / ${MAX_CHARS} 字` : "";
  place.classList.toggle("over", over > 0);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.target !== box()) return;
  if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();  // Enter picks a word of the IME
  else if (admit(event)) sent = box().value;
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("#box .submit-button") && admit(event)) sent = box().value;
}, true);

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  sessionStorage.setItem(DRAFT, box().value);
  count();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-ask], [data-vote], [data-new], [data-export]");
  if (!target) return;
  const { ask, vote, reason, helpful } = target.dataset;
  if (ask) {
    if (admit(event)) trigger("example_select", { ask });
  } else if (vote) {
    trigger("vote", { turn: Number(vote), helpful: Boolean(helpful), reason: reason ?? "" });
  } else if (target.dataset.new) {
    if (admit(event)) { setBusy(false); trigger("begin_anew", {}); }
  } else if (!element.querySelector(".bubble.me")) {
    say("还没有可以导出的对话。");
  } else {
    trigger("export_talk", { origin: location.origin });
  }
});

document.addEventListener("talk:done", () => {
  setBusy(false);
  const said = [...element.querySelectorAll(".bubble.bot")].at(-1)?.querySelectorAll(":scope > p, :scope > blockquote");
  speak([...(said ?? [])].map((line) => line.innerText).join("\n"));
  sessionStorage.setItem(DRAFT, box()?.value ?? "");
  count();
});

// The question goes back into the box, unless something was written there meanwhile.
document.addEventListener("talk:failed", (event) => {
  setBusy(false);
  const waiting = element.querySelector(".waiting .lead");
  if (waiting) {
    waiting.textContent = "这个问题没答上来。";
    if (!box().value) write([...element.querySelectorAll(".bubble.me")].at(-1).textContent);
  }
  const cause = event.detail === "server" ? "系统暂时答不上来，请稍后" : "连接断了，请检查网络后";
  say(`${cause}再问一次。您写的内容还在。`);
});
// Gradio tells nobody when its request does not arrive.
const fetchAsBefore = window.fetch;
window.fetch = async (...request) => {
  const isAsking = String(request[0]?.url ?? request[0]).includes("/queue/");
  try {
    const reply = await fetchAsBefore(...request);
    if (isAsking && !reply.ok) document.dispatchEvent(new Event("talk:failed"));
    return reply;
  } catch (error) {
    if (isAsking) document.dispatchEvent(new Event("talk:failed"));
    throw error;
  }
};
window.addEventListener("offline", () => say("连接断了，请检查网络。您写的内容还在。"));
window.addEventListener("online", () => say("连接恢复了。"));

document.addEventListener("talk:export", (event) => {
  const file = new Blob([event.detail], { type: "text/markdown;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "政策问答对话.md";
  link.click();
  URL.revokeObjectURL(link.href);
});

document.addEventListener("talk:ready", () => {
  document.getElementById("desk").dataset.ready = "";  // for those who drive the page
  const asked = new URLSearchParams(location.search).get("q");
  if (!asked) return;
  history.replaceState(null, "", location.pathname);  // a reload must not ask again
  setBusy(true);
  trigger("example_select", { ask: asked });
}, { once: true });

function restoreDraft() {
  const draft = sessionStorage.getItem(DRAFT);
  if (!box() || !document.querySelector("#notice p")) {
    requestAnimationFrame(restoreDraft);  // the rest of the page is still being put in
  } else if (draft && !box().value) {
    write(draft);
    say("您没问完的内容还在。");
  }
}
restoreDraft();

watch("value", () => {
  const asked = [...element.querySelectorAll(".bubble.me")].at(-1);
  if (sent !== null && asked?.textContent === sent.trim()) {
    if (box().value === sent) write("");  // what was typed since stays
    sent = null;
  }
  if (isBusy() && asked) asked.scrollIntoView({ block: "start", behavior: "instant" });
});
