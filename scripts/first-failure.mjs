// For mocha against a mutant: a property that fails has found it, and no smaller counter-example is looked for.
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
