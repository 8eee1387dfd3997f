/** Counts changes of the theme, for what is painted in its colours by hand. */
class ThemeChanges {
  count = $state(0);

  constructor() {
    const note = () => {
      this.count += 1;
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', note);
    new MutationObserver(note).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }
}

export const themeChanges = new ThemeChanges();
