export interface Line {
  sku: string;
  quantity: number;
}

/** Trying again cannot help. */
export class Permanent extends Error {}

/** Reserves the lines of an order. The warehouse does it once for a key. */
export async function reserve(warehouseUrl: string, key: string, orderId: string, lines: Line[]): Promise<void> {
  for (const [index, line] of lines.entries()) {
    const response = await fetch(`${warehouseUrl}/stock/${line.sku}/reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${key}:${index}` },
      body: JSON.stringify({ order: orderId, quantity: line.quantity }),
      signal: AbortSignal.timeout(5000),
    });
    if (response.status === 404) {
      throw new Permanent(`${line.sku}: the warehouse does not know it`);
    }
    if (!response.ok) {
      throw new Error(`${line.sku}: warehouse says ${response.status}`);
    }
  }
}
