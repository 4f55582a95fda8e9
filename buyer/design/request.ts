/** What a buyer asks to be trained: a template by name, or a Keras model of its own. protocol.md §6.5 */
import { TributaryError } from '#crypto/error.ts';
import {
  imageSmall,
  tabularClassifier,
  tabularRegressor,
  textBag,
  type ImageShape,
} from '#model/templates.ts';
import { classNamesOf, parseTopology, type Topology } from '#model/topology.ts';
import { encodedWidth, type Feature, type Label } from '#protocol/recipe/features.ts';
import type { WantedSchema } from '../choice/groups.ts';

export const templateNames = ['tabular-classifier', 'tabular-regressor', 'image-small', 'text-bag'] as const;
export type TemplateName = (typeof templateNames)[number];

export type TemplateRequest = Readonly<{
  template: TemplateName;
  /** Units of the hidden layer of a tabular model. */
  hidden: number;
  /** Filters of an image model's first convolution. */
  filters: number;
  /** Null for a square one of one channel. */
  image: ImageShape | null;
  /** Numbers a word, and words a text, of a text model. */
  embedding: number;
  length: number;
}>;

export type ModelRequest = TemplateRequest | Readonly<{ keras: string }>;

const smallestImage: ImageShape = { height: 4, width: 4, channels: 1 };

/** The model for the least data: it has the layers and the output that the real one has. */
const smallest = (request: ModelRequest): Topology =>
  parseTopology('keras' in request ? request.keras : topologyOf(request, 1, 1, 2, smallestImage));

/** Class names of the layers, which owners' policies are held against. @throws TributaryError `model/…` */
export const layersOf = (request: ModelRequest): string[] => classNamesOf(smallest(request));

/** Columns and label that the model can take. @throws TributaryError `model/…` */
export function schemaFor(
  request: ModelRequest,
  named: Pick<WantedSchema, 'label' | 'columns'>,
): WantedSchema {
  const { layers, output } = smallest(request);
  const first = layers[0]?.computes.className;
  return {
    ...named,
    labelType: output.activation === 'linear' ? 'number' : 'class',
    types: first === 'Embedding' ? ['text'] : first === 'Conv2D' ? ['number'] : ['number', 'category'],
  };
}

function topologyOf(
  { template, hidden, filters, embedding, length }: TemplateRequest,
  width: number,
  words: number,
  classes: number,
  image: ImageShape,
): string {
  switch (template) {
    case 'tabular-classifier':
      return tabularClassifier(width, hidden, classes);
    case 'tabular-regressor':
      return tabularRegressor(width, hidden);
    case 'image-small':
      return imageSmall(image, filters, classes);
    case 'text-bag':
      return textBag(length, words, embedding, classes);
    default:
      return template satisfies never;
  }
}

/**
 * The Keras text of the model for these features and this label.
 *
 * @throws TributaryError `design/image-shape` where the columns are not the image's numbers, `design/one-text` where a
 *   text model is given more than one column
 */
export function modelText(request: ModelRequest, features: readonly Feature[], label: Label): string {
  if ('keras' in request) return request.keras;
  const width = encodedWidth(features);
  const classes = label.type === 'class' ? label.classes.length : 1;
  const [text] = features.filter((feature) => feature.type === 'text');
  if (request.template === 'text-bag' && features.length !== 1) {
    throw new TributaryError(
      'design/one-text',
      `a text model reads one column, these are ${features.map(({ name }) => name).join(', ')}: name one with --columns`,
    );
  }
  const image = request.template === 'image-small' ? imageOf(request.image, width) : smallestImage;
  return topologyOf(request, width, text?.vocabulary.length ?? 1, classes, image);
}

function imageOf(image: ImageShape | null, width: number): ImageShape {
  const side = Math.round(Math.sqrt(width));
  const { height, width: across, channels } = image ?? { height: side, width: side, channels: 1 };
  if (height * across * channels === width && Math.min(height, across) >= 4) {
    return { height, width: across, channels };
  }
  throw new TributaryError(
    'design/image-shape',
    `${width} columns are no image of ${height} × ${across} × ${channels}: give --image as HxWxC, at least 4x4, or --columns`,
  );
}
