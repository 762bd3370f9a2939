using System.Collections.Immutable;
using Quorate.Chains.Ethereum.Rlp;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Ethereum;

/// <summary>
/// Ethereum transactions as bytes (EIP-155, EIP-2718, EIP-2930, EIP-1559, EIP-7702), unsigned as they are signed and signed
/// as they are broadcast. What is accepted has exactly one encoding, the given one, and could be valid on some chain: the
/// signature is a low-s one that recovers a key, and no number is beyond what the protocol allows.
/// </summary>
public static class EthereumTransactionCodec
{
    /// <summary>Longest transaction in bytes: what nodes relay.</summary>
    public const int MaxSize = 128 * 1024;

    /// <summary>Longest code that creates a contract, in bytes (EIP-3860).</summary>
    public const int MaxInitCodeSize = 49_152;

    const int LegacyFields = 6, LegacyWithChain = 9;

    // The header, the numbers and a signature; what is longer goes to the heap.
    const int TypicalSize = 512;

    /// <summary>The encoding that is signed.</summary>
    /// <exception cref="ArgumentException">The transaction could not be valid on any chain.</exception>
    public static byte[] Encode(EthereumTransaction transaction) => Encode(transaction, null);

    /// <summary>The encoding that is broadcast, or the one to sign where <paramref name="signature"/> is null.</summary>
    /// <exception cref="ArgumentException">The transaction could not be valid on any chain, or the signature has a high s.</exception>
    public static byte[] Encode(EthereumTransaction transaction, RecoverableEcdsaSignature? signature)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (Complaint(transaction) is { } wrong)
            throw new ArgumentException(wrong, nameof(transaction));
        if (signature is { } s && (!s.Signature.IsLowS || s.RecoveryId > 1))
            throw new ArgumentException("A signature with high s, or one whose x was reduced, is none on Ethereum (EIP-2).", nameof(signature));

        var writer = new RlpWriter(stackalloc byte[TypicalSize]);
        if (transaction.Type != EthereumTransactionType.Legacy)
            writer.WriteRaw((byte)transaction.Type);
        var list = writer.BeginList();
        if (transaction.Type == EthereumTransactionType.Legacy)
            WriteLegacy(ref writer, transaction, signature);
        else
            WriteTyped(ref writer, transaction, signature);
        writer.EndList(list);
        return writer.Written.Length <= MaxSize
            ? writer.Written.ToArray()
            : throw new ArgumentException($"{writer.Written.Length} bytes; a transaction has at most {MaxSize}.", nameof(transaction));
    }

    /// <summary>The transaction in these bytes, and who signed it if anybody did.</summary>
    /// <exception cref="FormatException">They are no transaction, not in canonical form, of a kind that is not understood, or wrongly signed.</exception>
    public static DecodedTransaction Decode(ReadOnlyMemory<byte> encoded)
    {
        var bytes = encoded.Span;
        if (bytes.IsEmpty || bytes.Length > MaxSize)
            throw new FormatException($"Not a transaction: {bytes.Length} bytes, where there are 1 to {MaxSize}.");
        var type = bytes[0] switch
        {
            >= 0xC0 => EthereumTransactionType.Legacy,
            1 or 2 or 4 => (EthereumTransactionType)bytes[0],
            3 => throw new FormatException("A transaction with blobs (type 3, EIP-4844), which is not understood."),
            var other => throw new FormatException($"A transaction of type {other}, which is not understood."),
        };
        var outer = new RlpReader(type == EthereumTransactionType.Legacy ? bytes : bytes[1..]);
        var fields = outer.ReadList();
        outer.End();
        var (transaction, signature) = type == EthereumTransactionType.Legacy ? ReadLegacy(fields) : ReadTyped(type, fields);
        if (Complaint(transaction) is { } wrong)
            throw new FormatException(wrong);
        if (signature is not { } signed)
            return new(transaction, null, null);
        return signed.TryRecover(transaction.Digest(), out var key)
            ? new(transaction, signed, EthereumAddress.FromPublicKey(key))
            : throw new FormatException("Not a signature: no key could have made it.");
    }

    static void WriteLegacy(ref RlpWriter writer, EthereumTransaction t, RecoverableEcdsaSignature? signature)
    {
        writer.Write(t.Nonce);
        writer.Write(t.MaxFeePerGas);
        WriteCall(ref writer, t);
        if (signature is { } s)
        {
            // EIP-155: v = 35 + 2·chain + parity; before it, 27 + parity.
            WriteSignature(ref writer, t.ChainId is { } chain ? (Amount)chain * 2 + (ulong)(35 + s.RecoveryId) : (ulong)(27 + s.RecoveryId), s);
        }
        else if (t.ChainId is { } chain)
        {
            writer.Write(chain);
            writer.Write(Amount.Zero);
            writer.Write(Amount.Zero);
        }
    }

    static void WriteTyped(ref RlpWriter writer, EthereumTransaction t, RecoverableEcdsaSignature? signature)
    {
        writer.Write(t.ChainId!.Value);
        writer.Write(t.Nonce);
        if (t.HasPriorityFee)
            writer.Write(t.MaxPriorityFeePerGas);
        writer.Write(t.MaxFeePerGas);
        WriteCall(ref writer, t);
        WriteAccessList(ref writer, t.AccessList);
        if (t.Type == EthereumTransactionType.SetCode)
        {
            var list = writer.BeginList();
            foreach (var authorization in t.Authorizations)
                authorization.Write(ref writer);
            writer.EndList(list);
        }
        if (signature is { } s)
            WriteSignature(ref writer, (ulong)s.RecoveryId, s);
    }

    static void WriteCall(ref RlpWriter writer, EthereumTransaction t)
    {
        writer.Write(t.GasLimit);
        Span<byte> to = stackalloc byte[EthereumAddress.Size];
        t.To.GetValueOrDefault().CopyTo(to);
        writer.Write(t.To is null ? default : to);
        writer.Write(t.Value);
        writer.Write(t.Data.Span);
    }

    static void WriteAccessList(ref RlpWriter writer, ImmutableArray<AccessListEntry> entries)
    {
        Span<byte> address = stackalloc byte[EthereumAddress.Size];
        var list = writer.BeginList();
        foreach (var entry in entries)
        {
            var item = writer.BeginList();
            entry.Address.CopyTo(address);
            writer.Write(address);
            var keys = writer.BeginList();
            foreach (var key in entry.StorageKeys)
                writer.Write(key.Span);
            writer.EndList(keys);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    static void WriteSignature(ref RlpWriter writer, Amount v, in RecoverableEcdsaSignature s)
    {
        Span<byte> rs = stackalloc byte[EcdsaSignature.CompactSize];
        s.Signature.EncodeCompact(rs);
        writer.Write(v);
        writer.Write(Amount.FromBigEndian(rs[..32]));
        writer.Write(Amount.FromBigEndian(rs[32..]));
    }

    static (EthereumTransaction, RecoverableEcdsaSignature?) ReadLegacy(RlpReader fields)
    {
        var count = fields.CountItems();
        if (count is not (LegacyFields or LegacyWithChain))
            throw new FormatException($"Not a transaction: {count} fields, where a legacy one has {LegacyFields} or {LegacyWithChain}.");
        var (nonce, price) = (fields.ReadUInt64(), fields.ReadAmount());
        var t = ReadCall(ref fields, new()
        {
            Type = EthereumTransactionType.Legacy, ChainId = null, Nonce = nonce, GasLimit = 0,
            MaxFeePerGas = price, MaxPriorityFeePerGas = price,
        });
        if (count == LegacyFields)
            return (t, null);

        var (v, r, s) = (fields.ReadAmount(), fields.ReadAmount(), fields.ReadAmount());
        fields.End();
        if (!v.TryToUInt128(out var v128))
            throw new FormatException("Not a transaction: its v is out of range.");
        if (r.IsZero && s.IsZero)
            return (t with { ChainId = Chain(v128) }, null);
        if (v128 == 27 || v128 == 28)
            return (t, Signature((int)v128 - 27, r, s));
        return v128 >= 37
            ? (t with { ChainId = Chain((v128 - 35) / 2) }, Signature((int)((v128 - 35) % 2), r, s))
            : throw new FormatException($"Not a transaction: its v is {v}, which means nothing.");

        static ulong Chain(UInt128 chain) => chain <= ulong.MaxValue
            ? (ulong)chain
            : throw new FormatException("Not a transaction: its chain id is not below 2⁶⁴.");
    }

    static (EthereumTransaction, RecoverableEcdsaSignature?) ReadTyped(EthereumTransactionType type, RlpReader fields)
    {
        var (chain, nonce, first) = (fields.ReadUInt64(), fields.ReadUInt64(), fields.ReadAmount());
        var second = type == EthereumTransactionType.AccessList ? first : fields.ReadAmount();
        var t = ReadCall(ref fields, new()
        {
            Type = type, ChainId = chain, Nonce = nonce, GasLimit = 0, MaxPriorityFeePerGas = first, MaxFeePerGas = second,
        });
        t = t with { AccessList = ReadAccessList(fields.ReadList()) };
        if (type == EthereumTransactionType.SetCode)
        {
            var list = fields.ReadList();
            var authorizations = ImmutableArray.CreateBuilder<SetCodeAuthorization>();
            while (!list.IsAtEnd)
                authorizations.Add(SetCodeAuthorization.Read(ref list));
            t = t with { Authorizations = authorizations.DrainToImmutable() };
        }
        if (fields.IsAtEnd)
            return (t, null);
        var parity = fields.ReadUInt64();
        var (r, s) = (fields.ReadAmount(), fields.ReadAmount());
        fields.End();
        return parity <= 1
            ? (t, Signature((int)parity, r, s))
            : throw new FormatException($"Not a signature: the parity is {parity}, which is neither 0 nor 1.");
    }

    static EthereumTransaction ReadCall(ref RlpReader fields, EthereumTransaction t)
    {
        var gasLimit = fields.ReadUInt64();
        var at = fields.Offset;
        var to = fields.ReadBytes();
        if (to.Length is not (0 or EthereumAddress.Size))
            throw new FormatException($"Not a transaction: at byte {at}, a recipient of {to.Length} bytes, which has 0 or 20.");
        return t with
        {
            GasLimit = gasLimit,
            To = to.IsEmpty ? null : new EthereumAddress(to),
            Value = fields.ReadAmount(),
            Data = fields.ReadBytes().ToArray(),
        };
    }

    static ImmutableArray<AccessListEntry> ReadAccessList(RlpReader list)
    {
        if (list.IsAtEnd)
            return [];
        var entries = ImmutableArray.CreateBuilder<AccessListEntry>();
        while (!list.IsAtEnd)
        {
            var entry = list.ReadList();
            var address = new EthereumAddress(entry.ReadBytes(EthereumAddress.Size));
            var keys = entry.ReadList();
            entry.End();
            var slots = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            while (!keys.IsAtEnd)
                slots.Add(keys.ReadBytes(32).ToArray());
            entries.Add(new(address, slots.DrainToImmutable()));
        }
        return entries.DrainToImmutable();
    }

    static RecoverableEcdsaSignature Signature(int parity, Amount r, Amount s)
    {
        Span<byte> rs = stackalloc byte[EcdsaSignature.CompactSize];
        r.WriteBigEndian(rs);
        s.WriteBigEndian(rs[32..]);
        if (!EcdsaSignature.TryDecodeCompact(rs, out var signature))
            throw new FormatException("Not a signature: r or s is zero, or not below the order of the curve.");
        return signature.IsLowS
            ? new(signature, parity)
            : throw new FormatException("Not a signature on Ethereum: s is high (EIP-2).");
    }

    /// <summary>Why no chain would accept the transaction; null where one could.</summary>
    static string? Complaint(EthereumTransaction t) => t switch
    {
        { Type: not EthereumTransactionType.Legacy, ChainId: null } => "A typed transaction without a chain id.",
        { ChainId: 0 } => "A transaction for chain 0, which is none.",
        { Nonce: ulong.MaxValue } => "A nonce of 2⁶⁴ − 1, which no account reaches (EIP-2681).",
        { To: null, Type: EthereumTransactionType.SetCode } => "An EIP-7702 transaction can not create a contract.",
        { To: null, Data.Length: > MaxInitCodeSize } => $"Code of {t.Data.Length} bytes to create a contract with; at most {MaxInitCodeSize} (EIP-3860).",
        { Type: EthereumTransactionType.SetCode, Authorizations.IsEmpty: true } => "An EIP-7702 transaction without an authorisation.",
        { Type: not EthereumTransactionType.SetCode, Authorizations.IsEmpty: false } => "Authorisations in a transaction that is not of EIP-7702.",
        { Type: EthereumTransactionType.Legacy, AccessList.IsEmpty: false } => "An access list in a legacy transaction.",
        { HasPriorityFee: false } when t.MaxPriorityFeePerGas != t.MaxFeePerGas => "Two fees in a transaction that has one gas price.",
        _ when t.MaxPriorityFeePerGas > t.MaxFeePerGas => "A tip above the fee it is part of (EIP-1559).",
        _ when t.MaxFeePerGas > (t.GasLimit == 0 ? Amount.MaxValue : Amount.MaxValue / t.GasLimit) => "A fee above 2²⁵⁶ − 1 wei.",
        _ when t.AccessList.Any(e => e.StorageKeys.Any(k => k.Length != 32)) => "A storage key that has not 32 bytes.",
        _ => null,
    };
}
