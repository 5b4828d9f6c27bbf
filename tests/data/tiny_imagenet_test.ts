import { assertEquals } from "@std/assert";
import {
  isComplete,
  isTinyImagenetFolder,
  TINY_IMAGENET_COUNTS,
  tinyImagenetImage,
} from "../../src/data/tiny_imagenet.ts";
import { withFolder } from "./made_images.ts";

Deno.test("tinyImagenetImage() knows images by their path, wherever the set lies", () => {
  const train = { split: "train", name: "n01443537_12.JPEG" } as const;
  const path = "train/n01443537/images/n01443537_12.JPEG";
  assertEquals(tinyImagenetImage(`tiny-imagenet-200/${path}`), train);
  assertEquals(tinyImagenetImage(path), train);
  const val = { split: "val", name: "val_7.JPEG" } as const;
  assertEquals(tinyImagenetImage("a/b/val/images/val_7.JPEG"), val);
  assertEquals(tinyImagenetImage("test/images/test_9.JPEG")?.split, "test");
});

Deno.test("tinyImagenetImage() leaves out what is no image of the set", () => {
  for (
    const path of [
      "tiny-imagenet-200/words.txt",
      "train/n01443537/n01443537_boxes.txt",
      "train/n01443537/images/n01629819_0.JPEG",
      "val/images/test_7.JPEG",
      "val/val_annotations.txt",
      "interval/images/val_7.JPEG",
      "val/images/._val_7.JPEG",
    ]
  ) assertEquals(tinyImagenetImage(path), undefined, path);
});

Deno.test("isTinyImagenetFolder() knows the set, parts of it, and the folder around it", () =>
  withFolder(async (folder) => {
    assertEquals(await isTinyImagenetFolder(folder), false);
    await Deno.mkdir(`${folder}/tiny-imagenet-200/val/images`, { recursive: true });
    assertEquals(await isTinyImagenetFolder(folder), true);
    assertEquals(await isTinyImagenetFolder(`${folder}/tiny-imagenet-200`), true);
    await Deno.mkdir(`${folder}/photos/train/steam`, { recursive: true });
    assertEquals(await isTinyImagenetFolder(`${folder}/photos`), false);
    await Deno.mkdir(`${folder}/photos/train/n01/images`, { recursive: true });
    assertEquals(await isTinyImagenetFolder(`${folder}/photos`), true);
  }));

Deno.test("isComplete() wants all images of all splits, read or unreadable", () =>
  withFolder(async (dir) => {
    const entry = { count: 0, unreadable: 0, sha256: "", listSha256: "" };
    const splits = {
      train: { ...entry, count: 1, unreadable: TINY_IMAGENET_COUNTS.train - 1 },
      val: { ...entry, unreadable: TINY_IMAGENET_COUNTS.val },
      test: { ...entry, unreadable: TINY_IMAGENET_COUNTS.test },
    };
    const index = { format: 1, dataset: "tiny-imagenet-200", sizePx: 1, splits } as const;
    for (const name of ["val", "test"]) {
      await Deno.writeFile(`${dir}/${name}.rgb`, new Uint8Array());
    }
    await Deno.writeFile(`${dir}/train.rgb`, new Uint8Array(3));
    assertEquals(await isComplete(dir, index), true);
    await Deno.writeFile(`${dir}/train.rgb`, new Uint8Array(2));
    assertEquals(await isComplete(dir, index), false);
    const fewer = { ...index, splits: { ...splits, test: { ...entry, unreadable: 9_999 } } };
    await Deno.writeFile(`${dir}/train.rgb`, new Uint8Array(3));
    assertEquals(await isComplete(dir, fewer), false);
  }));
