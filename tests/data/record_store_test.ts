import { assertEquals } from "@std/assert";
import { openRecordStore, RecordState } from "../../src/data/record_store.ts";
import { withFolder } from "./made_images.ts";

const SIZE_PX = 4;
const BYTES = SIZE_PX * SIZE_PX * 3;
const image = (value: number) => new Uint8Array(BYTES).fill(value);

Deno.test("openRecordStore() keeps what was stored when it is opened again", () =>
  withFolder(async (folder) => {
    const options = { count: 4, sizePx: SIZE_PX };
    const first = await openRecordStore(`${folder}/train`, options);
    assertEquals(first.recover(), 0);
    first.write(2, image(7));
    first.markUnreadable(0);
    first.close();
    first.close();
    const again = await openRecordStore(`${folder}/train`, options);
    assertEquals(again.state(0), RecordState.unreadable);
    assertEquals(again.recover(), 1);
    // What could not be read is tried again.
    const states = [0, 1, 2, 3].map((index) => again.state(index));
    assertEquals(states, [RecordState.missing, 0, RecordState.stored, 0]);
    assertEquals([...again.records()].map(({ rgb, state }) => state && rgb[5]), [0, 0, 7, 0]);
    again.close();
  }));

Deno.test("recover() finds images whose pixels never reached the disk", () =>
  withFolder(async (folder) => {
    const options = { count: 3, sizePx: SIZE_PX };
    const first = await openRecordStore(`${folder}/train`, options);
    for (const index of [0, 1, 2]) first.write(index, image(10 + index));
    first.close();
    const pixels = await Deno.readFile(`${folder}/train.rgb`);
    await Deno.writeFile(`${folder}/train.rgb`, pixels.fill(0, BYTES, 2 * BYTES));
    const again = await openRecordStore(`${folder}/train`, options);
    assertEquals(again.recover(), 2);
    assertEquals([0, 1, 2].map((index) => again.state(index)), [1, 0, 1]);
    again.close();
  }));
