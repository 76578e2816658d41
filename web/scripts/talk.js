// The chat: clicks inside the conversation, one question at a time, the count of characters, the export.
const MAX_CHARS = 2000;
const box = () => document.querySelector("#box textarea");

const isBusy = () => document.getElementById("desk").classList.contains("asking");
const setBusy = (busy) => document.getElementById("desk").classList.toggle("asking", busy);

function say(text) {
  const notice = document.querySelector("#notice p");
  if (notice) notice.textContent = text;
}

// Gradio would drop a second question in silence; it stays in the box and is told.
function admit(event) {
  if (!isBusy() && navigator.onLine) {
    setBusy(true);
    say("");
    return true;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  say(isBusy() ? "上一个问题还在回答，请稍等。您写的内容还在。" : "连接断了，请检查网络。您写的内容还在。");
  return false;
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
  else admit(event);
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("#box .submit-button")) admit(event);
}, true);

document.addEventListener("input", (event) => { if (event.target === box()) count(); });

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
  } else {
    trigger("export_talk", { origin: location.origin });
  }
});

document.addEventListener("talk:done", () => { setBusy(false); count(); });
document.addEventListener("talk:failed", () => { setBusy(false); say("连接断了，请检查网络后再问一次。您写的内容还在。"); });
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
  const asked = new URLSearchParams(location.search).get("q");
  if (!asked) return;
  history.replaceState(null, "", location.pathname);  // a reload must not ask again
  setBusy(true);
  trigger("example_select", { ask: asked });
}, { once: true });

watch("value", () => {
  const asked = [...element.querySelectorAll(".bubble.me")].at(-1);
  if (isBusy() && asked) asked.scrollIntoView({ block: "start", behavior: "instant" });
});
