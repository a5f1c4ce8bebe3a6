import type { SimulatedPod } from './simulated-pod.ts';

/** Of the whole process; the oldest are forgotten first, as kubelets clear dead containers away. */
const KEPT_MAX = 1_000;

/** Pods of which nothing runs any more and that were cleared away: their logs can be read while their objects are there. */
export class PastPods {
  private readonly pods = new Map<string, SimulatedPod>();

  add(pod: SimulatedPod): void {
    pod.stage = 'over';
    this.pods.set(pod.run.uid, pod);
    for (const uid of this.pods.keys()) {
      if (this.pods.size <= KEPT_MAX) return;
      this.pods.delete(uid);
    }
  }

  find(uid: string): SimulatedPod | undefined {
    return this.pods.get(uid);
  }
}
