"use strict";
// Stands before the list, so that the style knows while the page is still being read that a script will take over.
document.documentElement.classList.add("scripted");
