using System.Text.Json;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>PSBTs in and out. The vectors are those in the texts of BIP 174 and BIP 371 (BSD-2-Clause), unedited.</summary>
public class PsbtTests
{
    static readonly BitcoinFormat testnet = new(BitcoinNetwork.Testnet);
    static readonly DecodeContext anybody = new(testnet.ParseAddress("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"), Bip32Path.Root);

    static JsonElement[] Vectors(string file, string kind) => [.. Resources.Json(file).GetProperty(kind).EnumerateArray()];

    [Theory]
    [InlineData("bip174.json", 10)]
    [InlineData("bip371.json", 6)]
    public void Valid_PSBTs_are_read_and_written(string file, int count)
    {
        var vectors = Vectors(file, "valid");
        Assert.Equal(count, vectors.Length);
        Assert.All(vectors, vector =>
        {
            var bytes = vector.Hex("hex");
            Assert.Equal(Convert.ToBase64String(bytes), vector.GetProperty("base64").GetString());
            var psbt = Psbt.Import(vector.GetProperty("base64").GetString()!);
            Assert.Equal(psbt.Encode(), Psbt.Decode(psbt.Encode()).Encode());
            // Another order at most: nothing is lost and nothing is added.
            Assert.Equal(bytes.Order(), psbt.Encode().Order());
        });
    }

    [Theory]
    [InlineData("bip174.json", 20)]
    [InlineData("bip371.json", 11)]
    public void Invalid_PSBTs_are_refused(string file, int count)
    {
        var vectors = Vectors(file, "invalid");
        Assert.Equal(count, vectors.Length);
        Assert.All(vectors, vector =>
        {
            Assert.Throws<FormatException>(() => Psbt.Import(vector.Hex("hex")));
            Assert.Throws<FormatException>(() => Psbt.Decode(vector.Hex("hex")));
            Assert.Throws<FormatException>(() => Psbt.Import(vector.GetProperty("base64").GetString()!));
        });
    }

    [Fact]
    public void What_fails_the_signers_checks_of_BIP_174_is_neither_understood_nor_signed()
    {
        var vectors = Vectors("bip174.json", "failsSigner");
        Assert.Equal(4, vectors.Length);
        Assert.All(vectors, vector =>
        {
            var unsigned = Psbt.Import(vector.Hex("hex")).Encode();
            Assert.Throws<FormatException>(() => testnet.GetSigningInputs(unsigned, anybody));
            try
            {
                Assert.NotEmpty(testnet.Decode(unsigned, anybody).NotUnderstood);
            }
            catch (FormatException)
            {
                // A contradiction is refused as a whole.
            }
        });
    }

    // BIP 174's walk through the roles: creator, updater (twice), two signers, combiner, finalizer; then the transaction.
    [Fact]
    public void The_roles_of_BIP_174_pass_on_what_is_read_here()
    {
        var roles = Resources.Json("bip174.json").GetProperty("roles").EnumerateArray().Select(r => Convert.FromHexString(r.GetString()!)).ToArray();
        var transaction = new BitcoinTransaction(2,
            [new(new(TxId.Parse("75ddabb27b8845f5247975c8a5ba7c6f336c4570708ebe230caf6db5217ae858"), 0), 0xffffffff),
                new(new(TxId.Parse("1dea7cd05979072a3578cab271c02244ea8a090bbb46aa680a65ecd027048d83"), 1), 0xffffffff)],
            [new(149_990_000, Convert.FromHexString("0014d85c2b71d0060b09c9886aeb815e50991dda124d")),
                new(100_000_000, Convert.FromHexString("001400aea9a2e5f0f876a588df5546e8742d1d87008f"))], 0);

        Assert.Equal(roles[0], Psbt.Create(transaction, [new(), new()], [new(), new()]).Encode());
        foreach (var role in roles[..7])
        {
            var psbt = Psbt.Import(role);
            Assert.Equal(transaction.Id, psbt.Transaction.Id);
            Assert.Equal(role.Order(), psbt.Encode().Order());
        }
        Assert.Equal(transaction.Id, new BitcoinTransaction(2, [.. BitcoinTransaction.Decode(roles[7]).Inputs.Select(i => new TxInput(i.Previous, i.Sequence))], transaction.Outputs, 0).Id);
        Assert.Equal(roles[7], BitcoinTransaction.Decode(roles[7]).Encode());
        // The second input has its amount on the updater's word, and multisignatures are not spent here.
        var effects = testnet.Decode(Psbt.Import(roles[2]).Encode(), anybody);
        Assert.Null(effects.Fee);
        Assert.Contains(effects.NotUnderstood, reason => reason.Contains("amount of input 1 is not proven", StringComparison.Ordinal));
        Assert.Equal([(Amount)149_990_000UL, 100_000_000UL], effects.Items.OfType<Effect.Transfer>().Select(t => t.Amount));
        // What a combiner has ordered lexicographically is the one encoding.
        Assert.Equal(roles[10], Psbt.Decode(roles[10]).Encode());
    }

    // The same faults as BIP 174's and BIP 371's invalid vectors, made here: input field, key data, value.
    [Theory]
    [InlineData(0x00, "00", "")]
    [InlineData(0x01, "00", "")]
    [InlineData(0x01, "", "0000000000000000")]
    [InlineData(0x02, "0203b1341ccba7683b6af4f1238cd6e97e7167d569fac47f1e48d4754184435", "")]
    [InlineData(0x02, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "3006020101020101")]
    [InlineData(0x03, "00", "01000000")]
    [InlineData(0x03, "", "010000")]
    [InlineData(0x04, "00", "")]
    [InlineData(0x05, "00", "")]
    [InlineData(0x06, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "00000000")]
    [InlineData(0x06, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "0000000000")]
    [InlineData(0x07, "00", "")]
    [InlineData(0x08, "00", "")]
    [InlineData(0x08, "", "0102")]
    [InlineData(0x09, "00", "")]
    [InlineData(0x0a, "0000000000000000000000000000000000000000", "00")]
    [InlineData(0x0b, "00", "00")]
    [InlineData(0x0c, "0000000000000000000000000000000000000000", "00")]
    [InlineData(0x0d, "00", "00")]
    [InlineData(0x0e, "", "00")]
    [InlineData(0x13, "", "00")]
    [InlineData(0x13, "00", "0")]
    [InlineData(0x14, "00", "00")]
    [InlineData(0x15, "00", "00")]
    [InlineData(0x16, "00", "0000000000")]
    [InlineData(0x17, "", "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData(0x18, "", "00")]
    public void Input_fields_of_a_wrong_form_are_refused(byte type, string key, string value) =>
        Refused(Convert.FromHexString(key.Length % 2 == 0 ? key : key + "0"), Convert.FromHexString(value.Length % 2 == 0 ? value : value + "0"), type, isInput: true);

    [Theory]
    [InlineData(0x00, "00", "")]
    [InlineData(0x01, "00", "")]
    [InlineData(0x02, "79be", "00000000")]
    [InlineData(0x03, "", "0000000000000000")]
    [InlineData(0x04, "", "00")]
    [InlineData(0x05, "", "00")]
    [InlineData(0x06, "", "")]
    [InlineData(0x06, "", "01c00151")]
    [InlineData(0x06, "", "01c0015102c0015102c0015102c00151")]
    [InlineData(0x07, "00", "0000000000")]
    public void Output_fields_of_a_wrong_form_are_refused(byte type, string key, string value) =>
        Refused(Convert.FromHexString(key), Convert.FromHexString(value), type, isInput: false);

    [Theory]
    [InlineData("00c00151")]
    [InlineData("01c0015101c00151")]
    [InlineData("01c0015102c0015102c00151")]
    public void Complete_script_trees_are_kept(string tree)
    {
        var bytes = With(new PsbtMap(), new PsbtMap().Add(PsbtField.OutputTree, [], Convert.FromHexString(tree)));
        Assert.Equal(bytes, Psbt.Decode(bytes).Encode());
    }

    [Fact]
    public void Unknown_fields_are_kept_and_version_2_is_refused_by_name()
    {
        var kept = With(new PsbtMap().Add(0xfc, [3, 1, 2, 3, 0], new byte[] { 9 }), new PsbtMap().Add(0x77, [1], new byte[] { 1 }));
        Assert.Equal(kept, Psbt.Decode(kept).Encode());
        // BIP 370's first vector begins so: transaction version, input and output counts, PSBT version 2.
        var version2 = Convert.FromHexString("70736274ff0102040200000001040101010501010" + "1fb040200000000");
        Assert.Contains("version 2", Assert.Throws<FormatException>(() => Psbt.Import(version2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_order_of_the_keys_is_imported_and_not_decoded()
    {
        var map = new PsbtMap().Add(PsbtField.SighashType, [], new byte[] { 1, 0, 0, 0 }).Add(0x50, [], new byte[] { 1 });
        var canonical = With(map, new PsbtMap());
        var swapped = Convert.FromHexString(Convert.ToHexString(canonical).Replace("010304010000000150010" + "1", "0150010101030401000000", StringComparison.Ordinal));

        Assert.NotEqual(canonical, swapped);
        Assert.Contains("order", Assert.Throws<FormatException>(() => Psbt.Decode(swapped)).Message, StringComparison.Ordinal);
        Assert.Equal(canonical, Psbt.Import(swapped).Encode());
    }

    static void Refused(byte[] key, byte[] value, byte type, bool isInput)
    {
        var map = new PsbtMap();
        var bytes = With(map, new PsbtMap());
        // The first map after the global one is the input's, the last the output's.
        var at = isInput ? bytes.Length - 2 : bytes.Length - 1;
        var entry = new ByteWriter();
        entry.WriteBytes([type, .. key]);
        entry.WriteBytes(value);
        byte[] broken = [.. bytes[..at], .. entry.Written, .. bytes[at..]];

        Assert.Throws<FormatException>(() => Psbt.Decode(broken));
        Assert.Throws<FormatException>(() => Psbt.Import(broken));
        Assert.Equal(bytes, Psbt.Decode(bytes).Encode());
    }

    static byte[] With(PsbtMap input, PsbtMap output)
    {
        var transaction = new BitcoinTransaction(2, [new(new(default, 1), 0)], [new(1, new byte[] { 0x51 })], 0);
        return Psbt.Create(transaction, [input], [output]).Encode();
    }
}
