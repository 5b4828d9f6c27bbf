/** What a preparation still has to read. */
import type { SplitImage } from "./recipe.ts";
import { RecordState } from "./record_store.ts";
import { readList } from "./sorted_list.ts";
import type { SplitPlan } from "./split_plan.ts";

/** The key of an image in `missingImages`. */
export function imageKey({ split, name, signature }: SplitImage): string {
  return `${split}/${name}/${signature}`;
}

/** Places of the images that plans miss, by key; there are 120,000 in Tiny ImageNet. */
export async function missingImages(
  plans: readonly SplitPlan[],
): Promise<Map<string, { plan: SplitPlan; index: number }>> {
  const missing = new Map<string, { plan: SplitPlan; index: number }>();
  for (const plan of plans) {
    let index = 0;
    for await (const image of readList(plan.listPath)) {
      if (plan.store.state(index) !== RecordState.stored) {
        missing.set(imageKey({ split: plan.split, ...image }), { plan, index });
      }
      index++;
    }
  }
  return missing;
}
