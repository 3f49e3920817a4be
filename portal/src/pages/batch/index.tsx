// One batch, or a new one.
import { useParams } from 'wouter';
import BatchView from './BatchView';
import NewBatch from './new/NewBatch';

export default function Batch() {
  const { batch = '' } = useParams<{ batch: string }>();
  return batch === 'new' ? <NewBatch /> : <BatchView key={batch} id={Number(batch)} />;
}
