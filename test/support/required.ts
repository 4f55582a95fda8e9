/** What a test that finds its server or browser missing may not skip: `TRIBUTARY_REQUIRE`, names between commas. */

export const isRequired = (name: string, env: NodeJS.ProcessEnv = process.env): boolean =>
  (env['TRIBUTARY_REQUIRE'] ?? '').split(/[\s,]+/).includes(name);
