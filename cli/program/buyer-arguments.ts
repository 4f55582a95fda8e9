/** Arguments that only a buyer's commands take. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { number } from './arguments.ts';

const positive = (text: string): number => {
  const value = Number(text);
  if (!/^\d+(\.\d+)?(e-?\d+)?$/.test(text) || !(value >= 0) || value > 1e6) {
    throw new InvalidArgumentError('expected a number, as 0.01');
  }
  return value;
};

export type ImageArgument = Readonly<{ height: number; width: number; channels: number }>;

const image = (text: string): ImageArgument => {
  const [, height, width, channels = '1'] = /^(\d{1,3})x(\d{1,3})(?:x(\d))?$/.exec(text) ?? [];
  if (height === undefined || width === undefined) {
    throw new InvalidArgumentError('expected HxWxC, as 8x8x1');
  }
  return { height: Number(height), width: Number(width), channels: Number(channels) };
};

const templates = ['tabular-classifier', 'tabular-regressor', 'image-small', 'text-bag'];
const list = (text: string): string[] => text.split(',').map((part) => part.trim());

/** What is trained, and how: a recipe as a file, a Keras model, or a template. */
export const modelOptions = (command: Command): Command =>
  command
    .addOption(new Option('--template <name>', 'a model of ours').choices(templates))
    .option('--model <file>', 'a Keras Sequential model, what model.toJSON() wrote')
    .option('--recipe <file>', 'recipe, model and aggregation as JSON (see examples/demo)')
    .option('--label <column>', 'what to predict')
    .option('--columns <names>', 'columns to predict it from (default: all that the model takes)', list)
    .option('--held-out <file>', 'your own rows, to scale columns and to find words by; they stay here')
    .option('--vocabulary <file>', 'words that a text model knows, one a line')
    .option('--hidden <n>', 'units of the hidden layer (tabular)', number, 16)
    .option('--filters <n>', 'filters of the first convolution (image)', number, 8)
    .option('--image <HxWxC>', 'shape of the image (default: square, one channel)', image)
    .option('--embedding <n>', 'numbers a word (text)', number, 16)
    .option('--length <n>', 'words a text (text)', number, 64);

export const trainingOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--optimiser <name>', "the owners' (default: by model)").choices(['sgd', 'adam', 'rmsprop']),
    )
    .option('--learning-rate <x>', "the owners' (default: by optimiser)", positive)
    .option('--local-epochs <n>', 'passes over its rows by an owner in a round (default: 4)', number)
    .option('--batch <n>', 'rows a step (default: 32)', number)
    .option('--proximal <mu>', "FedProx: holds owners near the round's model (default: 0)", positive)
    .addOption(
      new Option('--server <name>', 'what moves the model by the average (default: fedAvg)').choices([
        'fedAvg',
        'fedAvgM',
        'fedAdam',
        'fedYogi',
      ]),
    )
    .option('--server-learning-rate <x>', 'of the server (default: 1, adaptive ones 0.01)', positive)
    .option('--clip <norm>', "longest update that an owner's counts with (default: by model)", positive);
