"""spellings.json: every text by which Keras knows an initializer or a regularizer, with what it makes of it."""

from keras.src import initializers, regularizers

BASES = {"Initializer", "initializer", "Regularizer", "regularizer"}  # of all others, and by themselves nothing
WITH_OPTIONS = {"Constant", "constant", "STFT", "STFTInitializer", "stft"}  # which Keras has not by their names alone


def options(thing):
    """The options, without those that are not set."""
    return {key: round(value, 6) if isinstance(value, float) else value
            for key, value in thing.get_config().items() if value is not None}


def texts(module):
    return {text: {"keras": type(module.get(text)).__name__, "options": options(module.get(text))}
            for text in sorted(module.ALL_OBJECTS_DICT.keys() - BASES - WITH_OPTIONS)}


def compute(_):
    return {"initializers": texts(initializers), "regularizers": texts(regularizers)}
