// Runs once for each gr.HTML component; clicks inside it are told to Python or handled here.
element.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-cite], [data-ask], [data-copy], [data-close]");
  if (!target || !element.contains(target)) return;
  event.preventDefault();
  if (target.dataset.cite) {
    document.getElementById("desk").classList.add("panel-open");
    trigger("select", { cite: target.dataset.cite });
  } else if (target.dataset.ask) {
    trigger("example_select", { ask: target.dataset.ask });
  } else if (target.dataset.copy) {
    const said = target.textContent;
    try {
      await navigator.clipboard.writeText(target.dataset.copy);
      target.textContent = "已复制";
    } catch {
      target.textContent = "复制不了，请手动选取";
    }
    target.addEventListener("blur", () => { target.textContent = said; }, { once: true });
  } else {
    document.getElementById("desk").classList.remove("panel-open");
  }
});
