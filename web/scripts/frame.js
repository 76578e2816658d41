// The header: which view is shown. Runs once for each load of the page.
const views = [...element.querySelectorAll("[data-view]")];

function show(view) {
  const desk = document.getElementById("desk");
  if (!desk) {
    requestAnimationFrame(() => show(view));  // the rest of the page is still being put in
    return;
  }
  desk.dataset.view = view;
  for (const tab of views) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("view:shown", { detail: view }));
}

element.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-view]");
  if (tab) show(tab.dataset.view);
});
const wanted = new URLSearchParams(location.search).get("view");
show(views.some((tab) => tab.dataset.view === wanted) ? wanted : "talk");
