// 查条款: answers while typing, filters, the tree, the comparison of versions, and all of it by keyboard.
const DEBOUNCE_MS = 120;
const find = (selector) => element.querySelector(selector);
const chosen = (selector) => (find(selector)?.value ? Number(find(selector).value) : null);
let latest = 0;
let timer = 0;

async function fill(place, ask) {
  try {
    place.innerHTML = await ask();
  } catch {
    place.innerHTML = '<p class="hint" role="alert">连接断了，请检查网络后再试。</p>';
  }
}

async function lookUp() {
  const mine = ++latest;
  const asked = { words: find("#words").value, policy: chosen("#policy"), top: chosen("#chapter") };
  let html;
  try {
    html = await server.look_up(asked);
  } catch {
    html = '<p class="hint" role="alert">连接断了，请检查网络后再试。</p>';
  }
  if (mine === latest) find("#hits").innerHTML = html;
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(lookUp, DEBOUNCE_MS);
}

element.addEventListener("input", (event) => { if (event.target.id === "words") later(); });

element.addEventListener("change", async (event) => {
  if (event.target.id === "policy") {
    const asked = { policy: chosen("#policy") };
    await Promise.all([
      fill(find("#chapter"), () => server.show_tops(asked)),
      fill(find(".tree"), () => server.show_tree(asked)),
    ]);
    lookUp();
  } else if (event.target.id === "chapter") {
    lookUp();
  } else if (event.target.id === "pair") {
    const pair = event.target.value;
    document.getElementById("look").classList.toggle("compares", Boolean(pair));
    document.getElementById("desk").classList.toggle("wide", Boolean(pair));
    if (pair) fill(find("#versions"), () => server.compare_versions(pair));
    else find("#versions").innerHTML = "";
  } else if (event.target.dataset.unchanged !== undefined) {
    find("#versions").classList.toggle("all", event.target.checked);
  }
});

function move(step) {
  const hits = [...element.querySelectorAll(".hit")];
  const at = hits.indexOf(document.activeElement);
  if (at + step < 0) find("#words").focus();
  else hits[Math.min(at + step, hits.length - 1)]?.focus();
}

async function copyHit(hit) {
  let said = "已复制";
  try {
    await navigator.clipboard.writeText(hit.dataset.copied);
  } catch {
    said = "复制不了，请手动选取";
  }
  hit.setAttribute("data-said", said);
  setTimeout(() => hit.removeAttribute("data-said"), 2000);
}

document.addEventListener("keydown", (event) => {
  if (document.getElementById("desk").dataset.view !== "look" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isTyping = event.target.closest("input, textarea, select");
  const onHit = event.target.closest(".hit");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    find("#words").focus();
    find("#words").select();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (onHit || event.target.id === "words")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && event.target.id === "words") {
    element.querySelector(".hit")?.click();
    element.querySelector(".hit")?.focus();
  } else if (event.key === "c" && onHit) {
    copyHit(onHit);
  }
});

document.addEventListener("view:shown", (event) => {
  if (event.detail === "look") setTimeout(() => find("#words")?.focus());
});
