/*
 * Cares for a text that is not saved yet: asks whether it can be saved before the form leaves the page, says why it
 * does not save itself, and never lets it go without a word.
 */
(() => {
  const { standing, signIn } = document.currentScript.dataset;
  const known = { user: null, both: "" };
  /** How long a button waits for the autosave before it. */
  const patience = 15_000;
  let form, texts, notice, dialog, passed = false, leaving = false, autosave = null, answered = () => {};

  const say = (name) => texts.querySelector(`[data-text="${name}"]`)?.textContent ?? "";
  const label = (name) => texts.querySelector(`[data-act="${name}"]`).textContent;

  function hidden(name, value) {
    let input = form.querySelector(`input[type="hidden"][name="${name}"]`);
    if (!input) {
      input = Object.assign(document.createElement("input"), { type: "hidden", name, autocomplete: "off" });
      form.append(input);
    }
    input.value = value;
  }

  /** Whether the form could be saved now: "fine", "gone", "refused", "signed_out", "network", "server", "other_user". */
  async function ask() {
    const page = new URL(form.action, location.href).pathname.match(/\/pages\/(\d+)\//)?.[1];
    let answer;
    try {
      answer = await fetch(page && !/\/add\//.test(form.action) ? `${standing}${page}/` : standing, {
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        cache: "no-store",
        redirect: "manual",
      });
    } catch {
      return "network";
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) return "signed_out";
    if (!answer.ok) return "server";
    const { state, user, token } = await answer.json();
    hidden("csrfmiddlewaretoken", token);
    if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
    known.user ??= user;
    return state === "fine" && user !== known.user ? "other_user" : state;
  }

  function button(name, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label(name) });
    made.className = "button button-small button-secondary";
    made.addEventListener("click", act);
    return made;
  }

  function link(name, href) {
    const made = Object.assign(document.createElement("a"), { href, target: "_blank", textContent: label(name) });
    made.className = "button button-small";
    return made;
  }

  /** All that was written, as plain text. */
  function wholeText() {
    const fields = form.querySelectorAll("input[type=text], textarea, [contenteditable=true]");
    const words = [...fields].map((field) => (field.isContentEditable ? field.innerText : field.value).trim());
    return words.filter((text, at) => text && !text.startsWith("{") && words.indexOf(text) === at).join("\n\n");
  }

  function showCopy() {
    const area = dialog.querySelector("textarea");
    area.value = wholeText();
    area.hidden = false;
    area.select();
    navigator.clipboard?.writeText(area.value).catch(() => {});
  }

  function halt(state, submitter) {
    form.querySelectorAll("[data-w-progress-loading-value]").forEach((busy) => {
      busy.setAttribute("data-w-progress-loading-value", "false");
    });
    dialog.querySelector(".care-dialog__text").textContent = say(state);
    dialog.querySelector("textarea").hidden = true;
    const acts = dialog.querySelector(".care-dialog__acts");
    acts.replaceChildren();
    if (state === "signed_out") acts.append(link("sign_in", signIn));
    if (state === "gone" || state === "refused") acts.append(button("copy", showCopy));
    else if (state === "other_user") acts.append(button("anyway", () => { known.user = null; retry(submitter); }));
    else acts.append(button("again", () => retry(submitter)));
    acts.append(button("close", () => dialog.close()));
    if (!dialog.open) dialog.showModal();
  }

  async function retry(submitter) {
    const state = await ask();
    if (state !== "fine") return halt(state, submitter);
    // Sent beside it, the form would not know of the version that it has just saved itself.
    while (autosave) await autosave;
    dialog.close();
    notice.hidden = true;
    passed = leaving = true;
    setTimeout(() => { leaving = false; }, patience);
    // Wagtail disables the button that was pressed; a disabled button would not be sent.
    if (submitter) submitter.disabled = false;
    form.requestSubmit(submitter);
  }

  function submitted(event) {
    if (event.target !== form) return;
    if (passed) {
      passed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    retry(event.submitter);
  }

  function tell(state, act, said) {
    notice.querySelector(".care-notice__text").textContent = said || say(state);
    notice.querySelector(".care-notice__acts").replaceChildren(...(act ? [act] : []));
    notice.dataset.state = state;
    notice.hidden = false;
  }

  function saving(event) {
    if (leaving) return event.preventDefault(); // the same text is on its way already
    const mine = new Promise((done) => {
      answered = done;
      setTimeout(done, patience);
    }).then(() => { if (autosave === mine) autosave = null; });
    autosave = mine;
  }

  function saved({ detail }) {
    const { revision_id: id, revision_created_at: time } = detail.data ?? {};
    notice.hidden = true;
    if (!id) return;
    // The version that this form was saved as is the one it is written on from now on.
    hidden("loaded_revision_id", id);
    hidden("loaded_revision_created_at", time);
  }

  async function failed({ detail }) {
    const { type, response } = detail;
    if (response?.kept_revision_id) hidden("kept_revision_id", response.kept_revision_id);
    if (type === "invalid_revision") {
      // By way of the form: what was typed since is kept as well.
      const said = response.kept_revision_id && response.error_message;
      return tell(type, button("both_texts", () => form.requestSubmit()), said);
    }
    if (type === "locked") return tell(type, response.both_texts_url && link("both_texts", response.both_texts_url));
    if (type === "validation_error") return tell(type);
    const state = await ask();
    if (state === "signed_out") return tell(state, link("sign_in", signIn));
    if (state === "gone" || state === "refused") return tell(state, button("copy", () => { halt(state); showCopy(); }));
    // A new sign-in brought a new token: try again with it.
    return tell(state === "fine" ? "server" : state, button("again", () => retry()));
  }

  function begin() {
    form = document.querySelector("form[data-edit-form]");
    const template = document.getElementById("care-texts");
    if (!form || !template) return;
    texts = template.content.cloneNode(true);
    notice = texts.querySelector(".care-notice");
    dialog = texts.querySelector(".care-dialog");
    notice.hidden = true;
    document.body.append(dialog);
    (form.querySelector("footer") ?? form).prepend(notice);
    if (/\/pages\/\d+\/edit\//.test(form.action) && !form.elements.namedItem("loaded_revision_id")) {
      hidden("loaded_revision_id", "none");
    }
    document.addEventListener("submit", submitted, { capture: true });
    document.addEventListener("w-autosave:save", saving);
    document.addEventListener("w-autosave:success", (event) => { saved(event); answered(); });
    document.addEventListener("w-autosave:error", (event) => { failed(event); answered(); });
    // Wagtail's own question before saving says that the other's text will be overwritten. It will not be.
    const question = "data-w-session-intercept-value";
    new MutationObserver((changes) => {
      changes.filter(({ target }) => target.getAttribute(question)).forEach(({ target }) => target.setAttribute(question, ""));
    }).observe(document.body, { subtree: true, attributeFilter: [question] });
    ask();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
