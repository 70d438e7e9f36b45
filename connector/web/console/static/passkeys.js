// Passkeys: asks the service for options, the device for an answer, and sends that back. Errors are shown as text.
// @ts-check

/** @param {HTMLElement} button */
function csrf(button) {
  const field = button.closest("form")?.querySelector('input[name="csrf"]');
  return field instanceof HTMLInputElement ? field.value : "";
}

/** @param {string} path @param {Record<string, string>} form */
async function post(path, form) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(form),
  });
  if (answer.redirected) {
    window.location.assign(answer.url);
    throw new Error("Confirm first that it is you.");
  }
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail ?? told.message ?? "The service refused it.");
  return told;
}

/** @param {HTMLButtonElement} button */
async function use(button) {
  const { passkey, next = "/" } = button.dataset;
  const token = csrf(button);
  if (passkey === "new") {
    const told = await post("/passkeys/options", { csrf: token });
    const made = await navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(told),
    });
    const label = button.closest("form")?.querySelector('input[name="label"]');
    return post("/passkeys", {
      csrf: token,
      credential: JSON.stringify(made),
      label: label instanceof HTMLInputElement ? label.value : "",
    });
  }
  const told = await post("/passkey/options", { csrf: token });
  const signed = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(told),
  });
  const path = passkey === "prove" ? "/passkey/prove" : "/passkey/sign-in";
  return post(path, { csrf: token, credential: JSON.stringify(signed), next });
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const told = button.parentElement?.querySelector("[role=status]");
  button.hidden = !("PublicKeyCredential" in window);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { way } = await use(button);
      window.location.assign(way);
    } catch (error) {
      if (told) told.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      button.disabled = false;
    }
  });
}
