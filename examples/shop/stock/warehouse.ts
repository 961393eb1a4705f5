const warehouseUrl = process.env.WAREHOUSE_URL ?? 'http://warehouse:9200';

export interface Line {
  sku: string;
  quantity: number;
}

export async function reserve(orderId: string, lines: Line[]): Promise<void> {
  for (const line of lines) {
    const response = await fetch(`${warehouseUrl}/stock/${line.sku}/reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ order: orderId, quantity: line.quantity }),
    });
    if (!response.ok) {
      throw new Error(`${line.sku}: warehouse says ${response.status}`);
    }
  }
}
