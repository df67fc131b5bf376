// Wagtail's calendar replaces a date that it cannot read by the present moment, without a word. What was typed stays;
// the check says what is wrong with it.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

// Wagtail counts the errors of a tab before the blocks in it stand there with theirs.
addEventListener("load", () => {
  for (const count of document.querySelectorAll('[data-controller~="w-count"]')) {
    window.wagtail.app.getControllerForElementAndIdentifier(count, "w-count")?.count();
  }
});
