using Quorate.Cryptography.Signatures;
using Quorate.Journal.Heads;

namespace Quorate.Journal.Tests.Heads;

/// <summary>A co-signer with a real key.</summary>
sealed class TestSigner : IHeadSigner, IDisposable
{
    readonly Ed25519Key key;

    internal TestSigner(string name, byte seed) : this(name, Enumerable.Repeat(seed, Ed25519Key.SeedSize).ToArray()) { }

    internal TestSigner(string name, byte[] seed)
    {
        key = new(seed);
        Key = new(name, key.EncodedPublicKey);
    }

    public HeadKey Key { get; }

    public byte[] Sign(ReadOnlySpan<byte> message) => key.Sign(message);

    public void Dispose() => key.Dispose();
}
