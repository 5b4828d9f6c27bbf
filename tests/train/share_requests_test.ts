import { assert, assertEquals } from "@std/assert";
import { REPORT_TRAINING } from "../../src/train/config.ts";
import { imagesOfEpoch, shareRequests } from "../../src/train/share_requests.ts";

const RUN = {
  config: { ...REPORT_TRAINING, epochs: 2, batch: 8, seed: 5 },
  images: { count: 21, sizePx: 4 },
  group: undefined,
};
const START = { epoch: 0, imagesDone: 0 };

Deno.test("shareRequests() takes each image once an epoch, each epoch in another order", () => {
  const requests = [...shareRequests(RUN, START)];
  assertEquals(requests.map(({ batchImages }) => batchImages), [8, 8, 5, 8, 8, 5]);
  const epochs = [requests.slice(0, 3), requests.slice(3)].map((steps) =>
    steps.flatMap(({ indices }) => indices)
  );
  for (const epoch of epochs) {
    assertEquals(epoch.toSorted((a, b) => a - b), Array.from({ length: 21 }, (_, i) => i));
  }
  assert(epochs[0]!.some((image, i) => image !== epochs[1]![i]));
});

Deno.test("shareRequests() goes on in the middle of a run as if it had never stopped", () => {
  const whole = [...shareRequests(RUN, START)];
  assertEquals([...shareRequests(RUN, { epoch: 0, imagesDone: 16 })], whole.slice(2));
  assertEquals([...shareRequests(RUN, { epoch: 1, imagesDone: 8 })], whole.slice(4));
  assertEquals([...shareRequests(RUN, { epoch: 2, imagesDone: 0 })], []);
});

Deno.test("shareRequests() of a group's members are together those of one worker", () => {
  const alone = [...shareRequests(RUN, START)];
  const members = [0, 1, 2].map((rank) => [
    ...shareRequests({ ...RUN, group: { rank, members: 3 } }, START),
  ]);
  for (const [step, { indices, place }] of alone.entries()) {
    const shares = members.map((requests) => requests[step]!);
    assertEquals(shares.flatMap((share) => share.indices), indices);
    assertEquals(shares.flatMap((share) => share.place.positions), place.positions);
    assertEquals(shares.map(({ firstImage, place }) => firstImage + place.count), [
      ...shares.slice(1).map(({ firstImage }) => firstImage),
      indices.length,
    ]);
  }
});

Deno.test("shareRequests() lets a member without images compute one along, idle", () => {
  const images = { count: 2, sizePx: 4 };
  const requests = [0, 1, 2].map((rank) =>
    [...shareRequests({ ...RUN, images, group: { rank, members: 3 } }, START)][0]!
  );
  assertEquals(requests.map(({ idle }) => idle), [true, false, false]);
  assertEquals(requests.map(({ indices }) => indices.length), [1, 1, 1]);
  assertEquals(requests[0]!.indices, requests[1]!.indices);
});

Deno.test("imagesOfEpoch() is the limit, or all there are", () => {
  const limited = (limit: number | null) =>
    imagesOfEpoch({ ...RUN, config: { ...RUN.config, limit } });
  assertEquals([limited(null), limited(5), limited(100)], [21, 5, 21]);
});

Deno.test("shareRequests() of a limited run takes the same images from all over the split each epoch", () => {
  const config = { ...RUN.config, limit: 7 };
  const requests = [...shareRequests({ ...RUN, config }, START)];
  for (const { indices } of requests) {
    assertEquals(indices.toSorted((a, b) => a - b), [0, 3, 6, 9, 12, 15, 18]);
  }
});
