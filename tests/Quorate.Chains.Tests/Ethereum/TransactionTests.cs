using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Rlp;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>What is no transaction, and who may sign and assemble one.</summary>
public sealed class TransactionTests : IDisposable
{
    static readonly EthereumFormat format = new(1);
    readonly RandomTransactions random = new(11);
    readonly EcdsaKey key, stranger;

    public TransactionTests() => (key, stranger) = (random.Key(), random.Key());

    DecodeContext Mine => Signing.ContextOf(format, key);

    static EthereumTransaction Good => new()
    {
        Type = EthereumTransactionType.FeeMarket, ChainId = 1, Nonce = 5, GasLimit = 21_000, MaxFeePerGas = 30, MaxPriorityFeePerGas = 2,
        To = Hex.Address(2), Value = 7,
    };

    static byte[] Unsigned(EthereumTransaction t) => EthereumTransactionCodec.Encode(t);

    InputSignature Signature(ReadOnlyMemory<byte> unsigned) => Signing.Sign(key, Assert.Single(format.GetSigningInputs(unsigned, Mine)));

    static string Refusal(Action action) => Assert.Throws<FormatException>(action).Message;

    [Fact]
    public void A_signed_transaction_is_the_unsigned_one_and_its_signer()
    {
        var signed = Signing.Sign(format, key, Unsigned(Good));
        var decoded = EthereumTransactionCodec.Decode(signed);

        Assert.Equal(Good, decoded.Transaction);
        Assert.Equal(Mine.Signer, format.ToAddress(decoded.Signer!.Value));
        Assert.Equal(format.Decode(Unsigned(Good), Mine).Items.AsEnumerable(), format.Decode(signed, Mine).Items);
    }

    [Fact]
    public void The_digest_to_sign_is_ecdsas_and_carries_signer_and_path()
    {
        var input = Assert.Single(format.GetSigningInputs(Unsigned(Good), Mine));

        Assert.Equal((0, SignatureScheme.EcdsaSecp256k1, Mine.Signer, Mine.Path), (input.Index, input.Scheme, input.Signer, input.Path));
        Assert.Equal(Good.Digest(), input.Payload.ToArray());
    }

    [Fact]
    public void A_transaction_signed_by_somebody_else_is_refused() =>
        Assert.Contains("signed by", Refusal(() => format.Decode(Signing.Sign(format, stranger, Unsigned(Good)), Mine)), StringComparison.Ordinal);

    [Fact]
    public void A_signed_transaction_has_nothing_to_sign() =>
        Assert.Contains("signed already", Refusal(() => format.GetSigningInputs(Signing.Sign(format, key, Unsigned(Good)), Mine)), StringComparison.Ordinal);

    [Theory]
    [InlineData(EthereumTransactionType.Legacy)]
    [InlineData(EthereumTransactionType.FeeMarket)]
    public void A_transaction_for_another_chain_is_refused(EthereumTransactionType type) => Assert.Contains(
        "chain 2", Refusal(() => format.Decode(Unsigned(Good with { Type = type, ChainId = 2, MaxPriorityFeePerGas = 30 }), Mine)), StringComparison.Ordinal);

    [Fact]
    public void A_legacy_transaction_for_all_chains_is_shown_and_not_signed()
    {
        var old = Unsigned(Good with { Type = EthereumTransactionType.Legacy, ChainId = null, MaxPriorityFeePerGas = 30 });

        Assert.Contains("all of them", Assert.Single(format.Decode(old, Mine).NotUnderstood), StringComparison.Ordinal);
        Assert.Contains("all of them", Refusal(() => format.GetSigningInputs(old, Mine)), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => format.Assemble(old, Mine, [Signature(Unsigned(Good))]));
    }

    [Fact]
    public void Blobs_and_unknown_types_are_refused_by_name()
    {
        Assert.Contains("blobs", Refusal(() => EthereumTransactionCodec.Decode(new byte[] { 3, 0xC0 })), StringComparison.Ordinal);
        Assert.Contains("type 5", Refusal(() => EthereumTransactionCodec.Decode(new byte[] { 5, 0xC0 })), StringComparison.Ordinal);
        Assert.Contains("type 0", Refusal(() => EthereumTransactionCodec.Decode(new byte[] { 0, 0xC0 })), StringComparison.Ordinal);
        Assert.Contains("0 bytes", Refusal(() => EthereumTransactionCodec.Decode(default)), StringComparison.Ordinal);
        Assert.Contains("131073", Refusal(() => EthereumTransactionCodec.Decode(new byte[131073])), StringComparison.Ordinal);
    }

    public static TheoryData<string> Impossible => [.. impossible.Keys];

    static readonly Dictionary<string, (string Reason, Func<EthereumTransaction, EthereumTransaction> Change)> impossible = new()
    {
        ["chain 0"] = ("chain 0", t => t with { ChainId = 0 }),
        ["no chain"] = ("without a chain", t => t with { ChainId = null }),
        ["last nonce"] = ("EIP-2681", t => t with { Nonce = ulong.MaxValue }),
        ["tip above fee"] = ("tip above", t => t with { MaxPriorityFeePerGas = 31 }),
        ["fee beyond"] = ("2²⁵⁶", t => t with { MaxFeePerGas = Amount.MaxValue, GasLimit = 2 }),
        ["init code"] = ("EIP-3860", t => t with { To = null, Data = new byte[49_153] }),
        ["no authorisation"] = ("without an authorisation", t => t with { Type = EthereumTransactionType.SetCode }),
        ["stray authorisation"] = ("not of EIP-7702", t => t with { Authorizations = [new(1UL, default, 0, 0, 1UL, 1UL)] }),
        ["7702 creation"] = ("can not create", t => t with { Type = EthereumTransactionType.SetCode, To = null, Authorizations = [new(1UL, default, 0, 0, 1UL, 1UL)] }),
        ["two fees"] = ("Two fees", t => t with { Type = EthereumTransactionType.AccessList }),
        ["legacy list"] = ("access list", t => t with { Type = EthereumTransactionType.Legacy, MaxPriorityFeePerGas = 30, AccessList = [new(default, [])] }),
        ["storage key"] = ("32 bytes", t => t with { AccessList = [new(default, [new byte[31]])] }),
        ["too long"] = ("at most", t => t with { Data = new byte[131072] }),
    };

    [Theory, MemberData(nameof(Impossible))]
    public void What_no_chain_accepts_is_not_built(string name) =>
        Assert.Contains(impossible[name].Reason, Assert.Throws<ArgumentException>(() => Unsigned(impossible[name].Change(Good))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_no_chain_accepts_is_not_read()
    {
        // By hand, because the writer refuses: [chain, nonce, tip, fee, gas, to, value, data, list].
        static byte[] Raw(Amount chain, Amount nonce, Amount tip, Amount fee, Amount gas)
        {
            var writer = new RlpWriter(new byte[200]);
            writer.WriteRaw(2);
            var list = writer.BeginList();
            foreach (var number in (Amount[])[chain, nonce, tip, fee, gas])
                writer.Write(number);
            writer.Write(new byte[20]);
            writer.Write(Amount.Zero);
            writer.Write(default(ReadOnlySpan<byte>));
            writer.EndList(writer.BeginList());
            writer.EndList(list);
            return writer.Written.ToArray();
        }
        EthereumTransactionCodec.Decode(Raw(1, 1, 1, 1, 1));
        Assert.Contains("chain 0", Refusal(() => EthereumTransactionCodec.Decode(Raw(0, 1, 1, 1, 1))), StringComparison.Ordinal);
        Assert.Contains("EIP-2681", Refusal(() => EthereumTransactionCodec.Decode(Raw(1, ulong.MaxValue, 1, 1, 1))), StringComparison.Ordinal);
        Assert.Contains("tip above", Refusal(() => EthereumTransactionCodec.Decode(Raw(1, 1, 2, 1, 1))), StringComparison.Ordinal);
        Assert.Contains("2²⁵⁶", Refusal(() => EthereumTransactionCodec.Decode(Raw(1, 1, 1, Amount.MaxValue, 2))), StringComparison.Ordinal);
        Assert.Contains("an integer of 9", Refusal(() => EthereumTransactionCodec.Decode(Raw(1, 1, 1, 1, UInt128.One << 64))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_with_high_s_or_a_wrong_parity_is_refused()
    {
        var signature = key.Sign(Good.Digest());
        var list = Hex.Of(EthereumTransactionCodec.Encode(Good, signature));
        var s = signature.Signature.EncodeCompact()[32..];
        var high = new EcdsaSignature(signature.Signature.R, -signature.Signature.S).EncodeCompact()[32..];

        Assert.Contains("high", Refusal(() => EthereumTransactionCodec.Decode(Hex.Bytes(list.Replace(Hex.Of(s)[2..], Hex.Of(high)[2..], StringComparison.Ordinal)))), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EthereumTransactionCodec.Encode(Good, new(new EcdsaSignature(signature.Signature.R, -signature.Signature.S), signature.RecoveryId)));
        Assert.Throws<ArgumentException>(() => EthereumTransactionCodec.Encode(Good, new(signature.Signature, 2)));
    }

    [Fact]
    public void Every_changed_byte_of_a_signed_transaction_changes_the_signer_or_is_refused()
    {
        var signed = Signing.Sign(format, key, Unsigned(Good)).ToArray();
        for (var i = 0; i < signed.Length; i++)
        {
            var changed = signed.ToArray();
            changed[i] ^= 1;
            Assert.Throws<FormatException>(() => format.Decode(changed, Mine));
        }
    }

    [Fact]
    public void Assembly_takes_exactly_the_one_good_signature()
    {
        var unsigned = Unsigned(Good);
        var good = Signature(unsigned);
        string Complaint(params InputSignature[] signatures) =>
            Assert.Throws<ArgumentException>(() => format.Assemble(unsigned, Mine, signatures)).Message;

        Assert.Equal(format.Assemble(unsigned, Mine, [good]).ToArray(), format.Assemble(unsigned, Mine, [good with { RecoveryId = null }]).ToArray());
        Assert.Contains("0 signatures", Complaint(), StringComparison.Ordinal);
        Assert.Contains("2 signatures", Complaint(good, good), StringComparison.Ordinal);
        Assert.Contains("index 0", Complaint(good with { Index = 1 }), StringComparison.Ordinal);
        Assert.Contains("recovery id", Complaint(good with { RecoveryId = (byte)(1 - good.RecoveryId!.Value) }), StringComparison.Ordinal);
        Assert.Contains("public key", Complaint(good with { PublicKey = stranger.PublicKey.Encode() }), StringComparison.Ordinal);
        Assert.Contains("public key", Complaint(good with { PublicKey = new byte[33] }), StringComparison.Ordinal);
        Assert.Contains("low s", Complaint(good with { Signature = new byte[64] }), StringComparison.Ordinal);
        Assert.Contains("does not verify", Complaint(Signature(Unsigned(Good with { Nonce = 6 }))), StringComparison.Ordinal);
        Assert.True(EcdsaSignature.TryDecodeCompact(good.Signature.Span, out var signature));
        Assert.Contains("low s", Complaint(good with { Signature = new EcdsaSignature(signature.R, -signature.S).EncodeCompact() }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_differs_in_its_fees_and_nothing_else()
    {
        Assert.True((Good with { MaxFeePerGas = 99, MaxPriorityFeePerGas = 50 }).IsSameButForFees(Good));
        Assert.All(
            (EthereumTransaction[])
            [
                Good with { Nonce = 6 }, Good with { Value = 8 }, Good with { To = Hex.Address(9) }, Good with { GasLimit = 21_001 },
                Good with { Data = new byte[] { 1 } }, Good with { ChainId = 2 }, Good with { AccessList = [new(default, [])] },
                Good with { Type = EthereumTransactionType.Legacy, MaxPriorityFeePerGas = 30 },
            ],
            other => Assert.False(other.IsSameButForFees(Good)));
    }

    [Fact]
    public void Ids_are_the_keccak_of_the_signed_bytes() => Assert.Equal(
        "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
        EthereumFormat.TransactionId(Hex.Bytes(EipVectors.Read("eip155").GetProperty("signed"))));

    public void Dispose()
    {
        key.Dispose();
        stranger.Dispose();
        random.Dispose();
    }
}
