using System.Security.Cryptography;

namespace Quorate.Chains.Solana;

/// <summary>
/// What has been handed out lately: until when each blockhash is good, and which messages there were. Two messages with
/// the same bytes are one transaction to the cluster, and the second of two equal payments would silently not happen.
/// </summary>
sealed class WindowBook
{
    /// <summary>Blockhashes that are remembered: more than get old in the time of a retry.</summary>
    const int MaxBlockhashes = 4096;

    const int MaxMessages = 16_384;

    readonly Lock turn = new();
    readonly Dictionary<Blockhash, MessageWindow> windows = [];
    readonly Queue<Blockhash> order = [];
    readonly HashSet<Blockhash> messages = [];
    readonly Queue<Blockhash> messageOrder = [];

    internal void Add(Blockhash blockhash, MessageWindow window)
    {
        lock (turn)
        {
            if (!windows.TryAdd(blockhash, window))
                return;
            order.Enqueue(blockhash);
            if (order.Count > MaxBlockhashes)
                windows.Remove(order.Dequeue());
        }
    }

    internal MessageWindow? Find(Blockhash blockhash)
    {
        lock (turn)
            return windows.GetValueOrDefault(blockhash);
    }

    /// <summary>Whether a message is handed out for the first time; it has been from now on.</summary>
    internal bool IsFirst(ReadOnlySpan<byte> message)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, bytes);
        var hash = new Blockhash(bytes);
        lock (turn)
        {
            if (!messages.Add(hash))
                return false;
            messageOrder.Enqueue(hash);
            if (messageOrder.Count > MaxMessages)
                messages.Remove(messageOrder.Dequeue());
            return true;
        }
    }
}
