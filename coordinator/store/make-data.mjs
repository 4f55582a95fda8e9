// A process of its own that makes the embedded database's data directory in the folder that it is told, and ends: it takes
// three quarters of a gigabyte, which a process that goes on would keep. Plain Node, for it starts from sources and compiled.
import { PGlite } from '@electric-sql/pglite';

const [folder] = process.argv.slice(2);
const database = await PGlite.create(folder);
await database.close();
