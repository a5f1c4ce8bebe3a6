/**
 * Promises that a run can break on purpose. `unfenced-log`: the log takes every append. `unchained-appends`: it checks the sequence but not what an append was
 * pipelined behind. `careless-agent`: a node forgets to end the old Pod before it starts the new one.
 */
export type Sabotage = 'unfenced-log' | 'unchained-appends' | 'careless-agent';
