// 待改进: the list is fetched anew whenever the view is shown.
document.addEventListener("view:shown", async (event) => {
  if (event.detail !== "complaints") return;
  try {
    props.value = await server.show_complaints(null);
  } catch {
    props.value = '<p class="hint" role="alert">连接断了，请检查网络后再试。</p>';
  }
});
