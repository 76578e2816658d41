// The clause panel. It opens what any [data-cite] on the page names, copies, and follows links to clauses.
let latest = 0;

async function open(ask) {
  const mine = ++latest;
  document.getElementById("desk").classList.add("panel-open");
  try {
    const html = await ask();
    if (mine === latest) props.value = html;
  } catch {
    if (mine === latest) props.value = '<p class="hint" role="alert">连接断了，请检查网络后再点一次。</p>';
  }
}

async function copy(text, button) {
  let said = "已复制";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "复制不了，请手动选取";
  }
  const before = button.dataset.said ?? button.textContent;
  button.dataset.said = before;
  button.textContent = said;
  setTimeout(() => { button.textContent = before; }, 2000);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-cite], [data-copy], [data-copy-link], [data-close]");
  if (!target || event.ctrlKey || event.metaKey) return;
  if (target.tagName === "A") event.preventDefault();
  if (target.matches(".chip, .hit")) {
    document.querySelectorAll(".chip.on, .hit.on").forEach((other) => other.classList.remove("on"));
    target.classList.add("on");
  }
  if (target.dataset.cite) open(() => server.open_clause(target.dataset.cite));
  else if (target.dataset.copy) copy(target.dataset.copy, target);
  else if (target.dataset.copyLink) copy(new URL(target.dataset.copyLink, location.origin).href, target);
  else document.getElementById("desk").classList.remove("panel-open");
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") document.getElementById("desk").classList.remove("panel-open");
  const wanted = { ArrowLeft: ".previous", ArrowRight: ".next" }[event.key];
  if (wanted) element.querySelector(wanted)?.click();
  if (event.key === "c" && !event.target.closest(".hit")) element.querySelector(".copy")?.click();
});

const link = new URLSearchParams(location.search);
if (link.get("clause")) {
  open(() => server.open_link({ clause: link.get("clause"), version: link.get("version") ?? "" }));
}
