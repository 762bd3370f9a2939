using Quorate.Chains.Ethereum.Rlp;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Ethereum;

/// <summary>
/// One authorisation of EIP-7702: whoever signed it wants <paramref name="Delegate"/>'s code to run as its own. The numbers
/// are kept as they are: an authorisation whose signature means nothing is skipped by the chain and does not spoil the
/// transaction.
/// </summary>
/// <param name="ChainId">The chain it holds on; zero for all chains.</param>
/// <param name="Delegate">Whose code; zero takes a delegation back.</param>
/// <param name="Nonce">The authority's nonce.</param>
/// <param name="YParity">0 or 1 in a signature that means something.</param>
/// <param name="R">The signature's r.</param>
/// <param name="S">The signature's s.</param>
public sealed record SetCodeAuthorization(
    Amount ChainId, EthereumAddress Delegate, ulong Nonce, byte YParity, Amount R, Amount S)
{
    const byte Magic = 0x05;

    /// <summary>Who signed it; false where the signature is not one that the chain accepts, low s included.</summary>
    public bool TryRecoverAuthority(out EthereumAddress authority)
    {
        authority = default;
        Span<byte> rs = stackalloc byte[EcdsaSignature.CompactSize];
        R.WriteBigEndian(rs);
        S.WriteBigEndian(rs[32..]);
        if (YParity > 1 || Nonce == ulong.MaxValue
            || !EcdsaSignature.TryDecodeCompact(rs, out var signature) || !signature.IsLowS
            || !new RecoverableEcdsaSignature(signature, YParity).TryRecover(Digest(), out var key))
            return false;
        authority = EthereumAddress.FromPublicKey(key);
        return true;
    }

    /// <summary>What the authority signs: Keccak-256(0x05 ‖ rlp([chain id, delegate, nonce])).</summary>
    public byte[] Digest()
    {
        var writer = new RlpWriter(stackalloc byte[96]);
        writer.WriteRaw(Magic);
        var list = writer.BeginList();
        WriteSubject(ref writer);
        writer.EndList(list);
        return Keccak256.HashData(writer.Written);
    }

    internal void Write(ref RlpWriter writer)
    {
        var list = writer.BeginList();
        WriteSubject(ref writer);
        writer.Write((ulong)YParity);
        writer.Write(R);
        writer.Write(S);
        writer.EndList(list);
    }

    internal static SetCodeAuthorization Read(ref RlpReader reader)
    {
        var item = reader.ReadList();
        var (chain, to, nonce) = (item.ReadAmount(), new EthereumAddress(item.ReadBytes(EthereumAddress.Size)), item.ReadUInt64());
        var parity = item.ReadUInt64();
        if (parity > byte.MaxValue)
            throw new FormatException($"Not an authorisation: the parity is {parity}, which takes more than a byte.");
        var authorization = new SetCodeAuthorization(chain, to, nonce, (byte)parity, item.ReadAmount(), item.ReadAmount());
        item.End();
        return authorization;
    }

    void WriteSubject(ref RlpWriter writer)
    {
        Span<byte> to = stackalloc byte[EthereumAddress.Size];
        Delegate.CopyTo(to);
        writer.Write(ChainId);
        writer.Write(to);
        writer.Write(Nonce);
    }
}
