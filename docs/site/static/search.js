// Sphinx 9 names a stemmer that its pages do not have; for English words, the English one is meant.
Object.defineProperty(window, "ChineseStemmer", {get: () => window.EnglishStemmer, configurable: true});
