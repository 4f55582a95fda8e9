/** What breaks between two versions of the API: operations, parameters, bodies, answers. docs/api.md */
import {
  operationsIn,
  resolved,
  type Content,
  type Described,
  type Document,
  type Header,
  type Parameter,
  type Placed,
} from '#coordinator/http/document/openapi.ts';
import { breach, type Breach } from './breach.ts';
import { schemaBreaches } from './narrower.ts';
import type { Direction } from './pair.ts';

type Both<T> = Readonly<{ old: T; new: T }>;

export function breachesOf(documents: Both<Document>): Breach[] {
  const present = new Map(operationsIn(documents.new).map((placed) => [placeOf(placed), placed.operation]));
  return operationsIn(documents.old).flatMap((placed) => {
    const operation = present.get(placeOf(placed));
    if (!operation) return [breach(placeOf(placed), 'the operation is gone')];
    return new Comparison(documents, { old: placed.operation, new: operation }, placeOf(placed)).breaches();
  });
}

const placeOf = ({ method, path }: Placed): string => `${method.toUpperCase()} ${path}`;

/** Of one operation. */
class Comparison {
  readonly #documents: Both<Document>;
  readonly #operations: Both<Described>;
  readonly #where: string;

  constructor(documents: Both<Document>, operations: Both<Described>, where: string) {
    this.#documents = documents;
    this.#operations = operations;
    this.#where = where;
  }

  breaches(): Breach[] {
    return [...this.#name(), ...this.#security(), ...this.#parameters(), ...this.#body(), ...this.#answers()];
  }

  /** It is the name of a method in clients. */
  #name(): Breach[] {
    const { old, new: present } = this.#operations;
    if (old.operationId === present.operationId) return [];
    return [this.#at('', `its id was ${old.operationId}, is ${present.operationId}`)];
  }

  /** Each way to say who asks that was enough has to be enough still; further ones break nothing. */
  #security(): Breach[] {
    const { old, new: present } = this.#operations;
    const ways = waysOf(present);
    return waysOf(old)
      .filter((way) => !ways.some((other) => other.every((part) => way.includes(part))))
      .map((way) => {
        const asked = ways.map((other) => other.join(' and ')).join(' or ');
        return this.#at(
          '',
          `asks for ${asked} now${way.length > 0 ? `, and ${way.join(' and ')} is not enough` : ''}`,
        );
      });
  }

  #parameters(): Breach[] {
    const [before, present] = [this.#parametersOf('old'), this.#parametersOf('new')];
    const gone = [...before.keys()].filter((key) => !present.has(key));
    const asked = [...present].filter(([key, { required }]) => required && !before.get(key)?.required);
    const both = [...before].flatMap(([key, parameter]) => {
      const other = present.get(key);
      return other ? this.#schemas('request', { old: parameter, new: other }, key) : [];
    });
    return [
      ...gone.map((key) => this.#at(key, 'the parameter is gone')),
      ...asked.map(([key]) => this.#at(key, 'a parameter that must be sent now')),
      ...both,
    ];
  }

  #parametersOf(side: 'old' | 'new'): Map<string, Parameter> {
    const parameters = (this.#operations[side].parameters ?? []).map((one) =>
      resolved(this.#documents[side], one),
    );
    return new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  }

  #body(): Breach[] {
    const { old, new: present } = this.#operations;
    const [before, after] = [old.requestBody, present.requestBody];
    if (!before) return after?.required ? [this.#at('body', 'a body that must be sent now')] : [];
    if (!after) return [this.#at('body', 'the body is gone')];
    const required =
      after.required && !before.required ? [this.#at('body', 'a body that must be sent now')] : [];
    return [...required, ...this.#contents('request', { old: before.content, new: after.content }, 'body')];
  }

  /** Answers that were successes. What a refusal says beyond its status and being a problem is open (docs/api.md). */
  #answers(): Breach[] {
    const { old, new: present } = this.#operations;
    const successes = Object.keys(old.responses).filter((status) => status.startsWith('2'));
    return successes.flatMap((status) => {
      const [before, after] = [old.responses[status], present.responses[status]];
      if (!before) return [];
      if (!after) return [this.#at(status, 'the answer is gone')];
      const sides = { old: resolved(this.#documents.old, before), new: resolved(this.#documents.new, after) };
      return [
        ...this.#headers({ old: sides.old.headers ?? {}, new: sides.new.headers ?? {} }, status),
        ...this.#contents('answer', { old: sides.old.content ?? {}, new: sides.new.content ?? {} }, status),
      ];
    });
  }

  #headers(headers: Both<Readonly<Record<string, Header>>>, status: string): Breach[] {
    return Object.keys(headers.old)
      .filter((name) => !(name in headers.new))
      .map((name) => this.#at(`${status} header ${name}`, 'the header is gone'));
  }

  #contents(direction: Direction, contents: Both<Content>, place: string): Breach[] {
    return Object.entries(contents.old).flatMap(([type, media]) => {
      const other = contents.new[type];
      if (!other) return [this.#at(place, `${type} is gone`)];
      return this.#schemas(direction, { old: media, new: other }, place);
    });
  }

  #schemas(
    direction: Direction,
    sides: Both<Readonly<{ schema?: Content[string]['schema'] }>>,
    place: string,
  ): Breach[] {
    const { old, new: present } = sides;
    const pair = {
      direction,
      old: { document: this.#documents.old, schema: old.schema ?? {} },
      new: { document: this.#documents.new, schema: present.schema ?? {} },
    };
    return schemaBreaches(pair, `${this.#where} ${place}`);
  }

  #at(place: string, what: string): Breach {
    return breach(place === '' ? this.#where : `${this.#where} ${place}`, what);
  }
}

/** Whether a new major version says that things break: by the document's own version, or by that of its paths. */
export function isNewMajor({ old, new: present }: Both<Document>): boolean {
  const majorOf = ({ info }: Document) => Number(info.version.split('.', 1)[0]);
  const pathsOf = ({ paths }: Document) =>
    Math.max(...Object.keys(paths).map((path) => Number(/^\/v(\d+)\//.exec(path)?.[1] ?? 0)));
  return majorOf(present) > majorOf(old) || pathsOf(present) > pathsOf(old);
}

/** What is asked for together, once for each way; with nothing asked for there is one, of nothing. */
function waysOf({ security = [] }: Described): string[][] {
  if (security.length === 0) return [[]];
  return security.map((way) =>
    Object.entries(way).flatMap(([scheme, scopes]) => [
      scheme,
      ...scopes.map((scope) => `${scheme} for ${scope}`),
    ]),
  );
}
