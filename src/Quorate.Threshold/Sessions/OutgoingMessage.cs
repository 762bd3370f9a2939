using System.Security.Cryptography;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// Bytes to carry to one party, or to all others. The channel must authenticate the sender, and encrypt what is direct:
/// direct messages carry shares in the clear.
/// </summary>
public sealed class OutgoingMessage : IDisposable
{
    readonly byte[] bytes;

    internal OutgoingMessage(PartyId? to, byte round, ReadOnlySpan<byte> frame)
    {
        (To, Round) = (to, round);
        bytes = GC.AllocateUninitializedArray<byte>(frame.Length, pinned: true);
        frame.CopyTo(bytes);
    }

    /// <summary>The one recipient, or null for every other party of the session.</summary>
    public PartyId? To { get; }

    /// <summary>The round that the bytes belong to, for channels that bind it.</summary>
    public byte Round { get; }

    /// <summary>The bytes to carry. The buffer is pinned and wiped on <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Wipes the bytes: call it once they are encrypted and sent.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
