// Reads a question and its answers aloud, in the browser's own voice; nothing is sent anywhere for it.
const voice = window.speechSynthesis;
const wordsOf = (entry) =>
  [entry.querySelector("legend"), ...entry.querySelectorAll(".t-choice span")].map((e) => e.textContent.trim()).join(". ");

if (voice) {
  document.querySelectorAll("[data-read-aloud]").forEach((entry) => {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "btn t-btn-plain", textContent: "Read aloud",
    });
    button.setAttribute("aria-label", `Read aloud: ${entry.querySelector("legend").textContent.trim()}`);
    button.addEventListener("click", () => {
      voice.cancel();
      voice.speak(new SpeechSynthesisUtterance(wordsOf(entry)));
    });
    entry.querySelector(".t-body").append(button);
  });
}
