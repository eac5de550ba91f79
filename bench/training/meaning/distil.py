"""What words mean, distilled from all-MiniLM-L6-v2: one vector a piece of word, so that the weighed mean of a text's pieces
is near what the model makes of the text. usage: distil.py MODEL_FOLDER TEXTS.json OUTPUT"""
import json
import struct
import sys

import numpy as np
import onnxruntime
import scipy.sparse as sparse
from tokenizers import Tokenizer

DIMENSIONS = 256
# Pieces this frequent count half (SIF, Arora et al., ICLR 2017); the vocabulary is sorted by frequency (Zipf).
HALF = 1e-4
UNUSED = 999
# How strongly a piece is held to what the model says of it alone, and steps of the solver.
RIDGE = 3.0
STEPS = 40
CLS, SEP = 101, 102
MARKS = "?!$€£%"


def main(folder, texts_file, output):
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    vocabulary = [line.rstrip("\n") for line in open(f"{folder}/vocab.txt", encoding="utf8")]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(f"{folder}/model.onnx", options)
    texts = json.load(open(texts_file, encoding="utf8"))

    alone = embed(session, [[CLS, piece, SEP] for piece in range(len(vocabulary))], 256)
    wholes = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    wanted = embed(session, wholes, 64)
    frequency = 1 / np.maximum(np.arange(len(vocabulary)) - UNUSED + 1, 1) / np.log(len(vocabulary))
    weights = HALF / (HALF + frequency)
    weights[:UNUSED] = HALF
    fitted = fit(alone.astype(np.float64), bags(wholes, weights), wanted.astype(np.float64))

    kept = [row for row, piece in enumerate(vocabulary) if is_kept(piece)]
    rows = principal(fitted[kept]) * weights[kept][:, None]
    write(output, rows, [vocabulary[row] for row in kept])


def embed(session, ids, size):
    """Vectors of length 1; texts of like length together, since the shorter ones are padded."""
    vectors = np.zeros((len(ids), 384), np.float32)
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        tokens = np.zeros((len(batch), len(ids[batch[-1]])), np.int64)
        mask = np.zeros_like(tokens)
        for row, at in enumerate(batch):
            tokens[row, : len(ids[at])] = ids[at]
            mask[row, : len(ids[at])] = 1
        vectors[batch] = session.run(["sentence_embedding"], {"input_ids": tokens, "attention_mask": mask})[0]
    return vectors


def bags(wholes, weights):
    """A row a text: the share of each piece in its weighed mean."""
    values, columns, ends = [], [], [0]
    for ids in wholes:
        inner = ids[1:-1]
        own = weights[inner]
        values.extend(own / max(own.sum(), 1e-9))
        columns.extend(inner)
        ends.append(len(columns))
    return sparse.csr_matrix((values, columns, ends), shape=(len(wholes), len(weights)))


def fit(alone, shares, wanted):
    """The vectors nearest to those of the pieces alone whose means are nearest to those of the texts (ridge regression,
    conjugate gradients for all dimensions at once)."""
    wanted = wanted - wanted.mean(0)
    means = shares @ alone
    middle = means.mean(0)
    scale = ((means - middle) * wanted).sum() / ((means - middle) ** 2).sum()
    start = scale * (alone - middle)
    change = np.zeros_like(start)
    residue = shares.T @ (wanted - shares @ start)
    direction = residue.copy()
    squares = (residue**2).sum(0)
    for _ in range(STEPS):
        image = shares.T @ (shares @ direction) + RIDGE * direction
        step = squares / np.maximum((direction * image).sum(0), 1e-30)
        change += step * direction
        residue -= step * image
        now = (residue**2).sum(0)
        direction = residue + now / np.maximum(squares, 1e-30) * direction
        squares = now
    return start + change


def is_kept(piece):
    """Whether texts that are read without punctuation can have it."""
    if len(piece) > 1 and piece.startswith("[") and piece.endswith("]"):
        return False
    letters = piece.removeprefix("##") if len(piece) > 2 else piece
    return all((letter.isalnum() and ord(letter) < 0x3000) or letter in MARKS for letter in letters)


def principal(rows):
    """The dimensions in which rows differ most; each points to where its largest component is."""
    centred = rows - rows.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMENSIONS)])
    return centred @ axes


def write(output, rows, pieces):
    """The form that src/engines/embedding/meaning-table.ts reads."""
    scales = (np.abs(rows).max(1) / 127).astype("<f4")
    steps = np.rint(rows / scales[:, None]).clip(-127, 127).astype(np.int8)
    letters = "\n".join(pieces).encode()
    head = b"EPMEAN1\0" + struct.pack("<III", len(pieces), rows.shape[1], len(letters))
    with open(output, "wb") as file:
        file.write(head + scales.tobytes() + steps.tobytes() + letters)


main(*sys.argv[1:])
