using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>The examples of BIP 143 and the wallet vectors of BIP 341.</summary>
public class SignatureHashTests
{
    // BIP 143, "Example", native P2WPKH and P2SH-P2WPKH: unsigned transaction, input, key hash, value, digest, key, signature.
    [Theory]
    [InlineData(
        "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000",
        1, "1d0f172a0ecb48aee1be1f2687d2963ae33f71a1", 600_000_000, "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670",
        "619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9",
        "304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee")]
    [InlineData(
        "0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a54770100000000feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac92040000",
        0, "79091972186c449eb1ded22b78e40d009bdf0089", 1_000_000_000, "64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6",
        "eb696a065ef48a2192da5b28b694f87544b30fae8327c4510137a922f32c6dcf",
        "3044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a485cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb")]
    public void The_examples_of_BIP_143_come_out(string unsigned, int input, string keyHash, ulong value, string digest, string key, string signature)
    {
        var transaction = BitcoinTransaction.Decode(Convert.FromHexString(unsigned));
        var spent = new TxOutput[transaction.Inputs.Length];
        spent[input] = new(value, default);
        var found = new byte[32];

        new SignatureHash(transaction, spent).WitnessKeyHash(input, Convert.FromHexString(keyHash), SighashType.All, found);

        Assert.Equal(digest, Convert.ToHexStringLower(found));
        Assert.True(EcdsaKey.TryImport(Convert.FromHexString(key), out var signer));
        Assert.Equal(signature, Convert.ToHexStringLower(signer.Sign(found).Signature.EncodeDer()));
        var hash = new byte[20];
        Ripemd160.HashSha256(signer.PublicKey.Encode(), hash);
        Assert.Equal(keyHash, Convert.ToHexStringLower(hash));
    }

    // The digests of all of the BIP's transactions, P2WSH and every hash type included: the preimage says what is signed.
    [Fact]
    public void The_digests_of_all_examples_of_BIP_143_come_out()
    {
        var examples = Resources.Json("bip143.json").GetProperty("digests").EnumerateArray().ToArray();
        Assert.Equal(13, examples.Length);
        foreach (var example in examples)
        {
            var transaction = BitcoinTransaction.Decode(example.Hex("unsigned"));
            var reader = new ByteReader(example.Hex("preimage"));
            reader.Span(4 + 32 + 32);
            var point = new OutPoint(TxId.FromBytes(reader.Span(32)), reader.ReadUInt32());
            var scriptCode = reader.ReadBytes();
            var value = reader.ReadUInt64();
            reader.Span(4 + 32 + 4);
            var type = (SighashType)reader.ReadUInt32();
            reader.End();
            var input = transaction.Inputs.ToList().FindIndex(i => i.Previous == point);
            var spent = new TxOutput[transaction.Inputs.Length];
            spent[input] = new(value, default);
            var digest = new byte[32];

            new SignatureHash(transaction, spent).Version0(input, scriptCode.Span, type, digest);

            Assert.Equal(example.GetProperty("sigHash").GetString(), Convert.ToHexStringLower(digest));
        }
    }

    [Fact]
    public void The_hashes_and_digests_of_BIP_341_come_out()
    {
        var vector = Resources.Json("bip341-wallet.json").GetProperty("keyPathSpending")[0];
        var given = vector.GetProperty("given");
        var transaction = BitcoinTransaction.Decode(given.Hex("rawUnsignedTx"));
        var spent = given.GetProperty("utxosSpent").EnumerateArray()
            .Select(u => new TxOutput(u.GetProperty("amountSats").GetUInt64(), u.Hex("scriptPubKey"))).ToArray();
        var hash = new SignatureHash(transaction, spent);
        var shared = vector.GetProperty("intermediary");

        Assert.Equal(shared.Hex("hashAmounts"), hash.Amounts);
        Assert.Equal(shared.Hex("hashOutputs"), hash.Outputs);
        Assert.Equal(shared.Hex("hashPrevouts"), hash.Prevouts);
        Assert.Equal(shared.Hex("hashScriptPubkeys"), hash.Scripts);
        Assert.Equal(shared.Hex("hashSequences"), hash.Sequences);
        var inputs = vector.GetProperty("inputSpending").EnumerateArray().ToArray();
        Assert.Equal(7, inputs.Length);
        foreach (var input in inputs)
        {
            var digest = new byte[32];
            hash.TaprootKey(input.GetProperty("given").GetProperty("txinIndex").GetInt32(), (SighashType)input.GetProperty("given").GetProperty("hashType").GetInt32(), digest);
            Assert.Equal(input.GetProperty("intermediary").Hex("sigHash"), digest);
        }
    }

    [Fact]
    public void The_scripts_and_addresses_of_BIP_341_come_out()
    {
        var format = new BitcoinFormat(BitcoinNetwork.Mainnet);
        foreach (var vector in Resources.Json("bip341-wallet.json").GetProperty("scriptPubKey").EnumerateArray())
        {
            var expected = vector.GetProperty("expected");
            Assert.Equal(expected.GetProperty("bip350Address").GetString(), format.AddressOf(expected.Hex("scriptPubKey"))!.Text);
            if (vector.GetProperty("intermediary").Hex("merkleRoot").Length == 0)
                Assert.Equal(expected.Hex("scriptPubKey"), WalletScript.Create(KeyScript.Taproot, Bip340PublicKey.Decode(vector.GetProperty("given").Hex("internalPubkey")).Point).Script.ToArray());
        }
    }

    [Fact]
    public void A_signature_over_the_output_of_its_number_needs_that_output()
    {
        var transaction = new BitcoinTransaction(2, [new(default, 0), new(new(default, 1), 0)], [new(1, default)], 0);
        Assert.Throws<FormatException>(() => new SignatureHash(transaction, new TxOutput[2]).TaprootKey(1, SighashType.Single, new byte[32]));
    }
}
