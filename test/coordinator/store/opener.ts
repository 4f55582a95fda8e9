/** A process that opens the embedded database of a folder; prints, as a line, the most memory in bytes that it ever had. */
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { memoryOf } from '../../../bench/secagg-service/memory-of.ts';

const [folder = '', prepared] = process.argv.slice(2);
const database = await openEmbedded({ folder, prepared });
await database.query('select 1 as one');
console.log((await memoryOf(process.pid)).peak);
await database.close();
