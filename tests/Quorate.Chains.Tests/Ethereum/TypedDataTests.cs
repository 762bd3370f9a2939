using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Tests.Ethereum;

public class TypedDataTests
{
    static readonly EthereumFormat format = new(1);
    static readonly EthereumAddress me = Hex.Address(1), other = Hex.Address(2), token = Hex.Address(3);
    static readonly DecodeContext context = new(format.ToAddress(me), Bip32Path.Root);
    const string Permit2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

    // A member list as "type name, type name".
    static JsonArray Members(string list) => new(list.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(m => m.Split(' '))
        .Select(m => (JsonNode)new JsonObject { ["name"] = m[1], ["type"] = m[0] }).ToArray());

    static JsonObject Data(string primary, string members, JsonObject message, params (string Name, string Members)[] more)
    {
        var types = new JsonObject { ["EIP712Domain"] = Members("string name, uint256 chainId, address verifyingContract"), [primary] = Members(members) };
        foreach (var (name, list) in more)
            types[name] = Members(list);
        return new()
        {
            ["types"] = types, ["primaryType"] = primary,
            ["domain"] = new JsonObject { ["name"] = "Token", ["chainId"] = 1, ["verifyingContract"] = token.ToString() },
            ["message"] = message,
        };
    }

    static JsonObject Permit(string value = "5") => Data(
        "Permit", "address owner, address spender, uint256 value, uint256 nonce, uint256 deadline",
        new() { ["owner"] = me.ToString(), ["spender"] = other.ToString(), ["value"] = value, ["nonce"] = 0, ["deadline"] = 1800000000 });

    static TypedMessage Parse(JsonNode json) => TypedMessage.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    static Effects Decode(JsonNode json) => format.Decode(Parse(json), context);

    static Effect Only(Effects effects)
    {
        Assert.Empty(effects.NotUnderstood);
        Assert.Null(effects.Fee);
        return Assert.Single(effects.Items);
    }

    static string Reason(JsonNode json) => Assert.Single(Decode(json).NotUnderstood);

    static string Refusal(JsonNode json) => Assert.Throws<FormatException>(() => Parse(json)).Message;

    static JsonObject With(JsonObject json, Action<JsonObject> change)
    {
        change(json);
        return json;
    }

    [Fact]
    public void A_permit_is_an_approval_without_an_end()
    {
        var approval = new Effect.Approval(format.ToAddress(me), format.ToAddress(other), format.Token(TokenKind.Erc20, token), 5UL);

        Assert.Equal(approval, Only(Decode(Permit())));
        Assert.Equal(approval with { Limit = null }, Only(Decode(Permit(Amount.MaxValue.ToString()))));
    }

    [Fact]
    public void A_permit_for_an_amount_of_what_is_registered_as_a_collection_is_not_understood()
    {
        var knowing = new EthereumFormat(1, KnownContracts.None.WithToken(token, TokenKind.Erc721));
        Assert.Contains("registered as Erc721", Assert.Single(knowing.Decode(Parse(Permit()), context).NotUnderstood), StringComparison.Ordinal);
    }

    [Fact]
    public void The_older_permit_of_dai_allows_everything_or_nothing()
    {
        JsonObject Dai(bool allowed) => Data(
            "Permit", "address holder, address spender, uint256 nonce, uint256 expiry, bool allowed",
            new() { ["holder"] = me.ToString(), ["spender"] = other.ToString(), ["nonce"] = 0, ["expiry"] = 0, ["allowed"] = allowed });

        Assert.Null(((Effect.Approval)Only(Decode(Dai(true)))).Limit);
        Assert.Equal(Amount.Zero, ((Effect.Approval)Only(Decode(Dai(false)))).Limit);
    }

    [Fact]
    public void A_permit_for_one_token_of_a_collection_names_it()
    {
        var json = Data(
            "Permit", "address spender, uint256 tokenId, uint256 nonce, uint256 deadline",
            new() { ["spender"] = other.ToString(), ["tokenId"] = 42, ["nonce"] = 0, ["deadline"] = 9 });

        Assert.Equal(new Effect.Approval(format.ToAddress(me), format.ToAddress(other), format.Token(TokenKind.Erc721, token, 42UL), 1UL), Only(Decode(json)));
    }

    [Theory]
    [InlineData("TransferWithAuthorization")]
    [InlineData("ReceiveWithAuthorization")]
    public void An_authorised_transfer_is_a_transfer(string type)
    {
        JsonObject From(EthereumAddress from) => Data(
            type, "address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce",
            new() { ["from"] = from.ToString(), ["to"] = other.ToString(), ["value"] = 7, ["validAfter"] = 0, ["validBefore"] = 9, ["nonce"] = Hex.Of(new byte[32]) });

        Assert.Equal(new Effect.Transfer(format.ToAddress(me), format.ToAddress(other), format.Token(TokenKind.Erc20, token), 7UL), Only(Decode(From(me))));
        Assert.Contains("another signs", Reason(From(other)), StringComparison.Ordinal);
    }

    [Fact]
    public void Permit2_approves_each_token_with_limit_and_end()
    {
        const string Details = "address token, uint160 amount, uint48 expiration, uint48 nonce";
        JsonObject Of(string contract, bool batch) => With(
            Data(
                batch ? "PermitBatch" : "PermitSingle", $"PermitDetails{(batch ? "[]" : "")} details, address spender, uint256 sigDeadline",
                new()
                {
                    ["details"] = batch ? new JsonArray(Item(), Item()) : Item(), ["spender"] = other.ToString(), ["sigDeadline"] = 9,
                },
                ("PermitDetails", Details)),
            json => json["domain"]!["verifyingContract"] = contract);
        static JsonObject Item() => new() { ["token"] = token.ToString(), ["amount"] = "6", ["expiration"] = 1_700_000_000, ["nonce"] = 0 };
        var approval = new Effect.Approval(format.ToAddress(me), format.ToAddress(other), format.Token(TokenKind.Erc20, token), 6UL, 1_700_000_000);

        Assert.Equal(approval, Only(Decode(Of(Permit2, batch: false))));
        Assert.Equal([approval, approval], Decode(Of(Permit2, batch: true)).Items.AsEnumerable());
        Assert.Contains("Permit2 for another contract", Reason(Of(token.ToString(), batch: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Permit2_lets_the_spender_take_once_until_the_deadline()
    {
        var json = Data(
            "PermitTransferFrom", "TokenPermissions permitted, address spender, uint256 nonce, uint256 deadline",
            new()
            {
                ["permitted"] = new JsonObject { ["token"] = token.ToString(), ["amount"] = "6" }, ["spender"] = other.ToString(), ["nonce"] = 0, ["deadline"] = 77,
            },
            ("TokenPermissions", "address token, uint256 amount"));
        json["domain"]!["verifyingContract"] = Permit2;

        Assert.Equal(new Effect.Approval(format.ToAddress(me), format.ToAddress(other), format.Token(TokenKind.Erc20, token), 6UL, 77), Only(Decode(json)));
    }

    [Fact]
    public void A_type_of_the_same_name_and_other_members_is_not_understood()
    {
        var json = Permit();
        json["types"]!["Permit"]!.AsArray().Add(new JsonObject { ["name"] = "extra", ["type"] = "bool" });
        json["message"]!["extra"] = true;

        Assert.Contains("unknown type", Reason(json), StringComparison.Ordinal);
        Assert.Contains("Permit(address owner", Reason(json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_that_binds_to_no_chain_or_no_contract_is_not_understood()
    {
        var noChain = With(Permit(), j => { j["types"]!["EIP712Domain"]!.AsArray().RemoveAt(1); j["domain"]!.AsObject().Remove("chainId"); });
        var noContract = With(Permit(), j => { j["types"]!["EIP712Domain"]!.AsArray().RemoveAt(2); j["domain"]!.AsObject().Remove("verifyingContract"); });

        Assert.Contains("no chain", Reason(noChain), StringComparison.Ordinal);
        Assert.Contains("no contract", Reason(noContract), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_for_another_chain_is_refused()
    {
        var json = With(Permit(), j => j["domain"]!["chainId"] = 5);
        Assert.Contains("chain 5", Assert.Throws<FormatException>(() => Decode(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_permit_in_anothers_name_is_not_understood() =>
        Assert.Contains("another signs", Reason(With(Permit(), j => j["message"]!["owner"] = other.ToString())), StringComparison.Ordinal);

    public static TheoryData<string> Malformed => [.. malformed.Keys];

    static readonly Dictionary<string, Action<JsonObject>> malformed = new()
    {
        ["member missing"] = j => j["message"]!.AsObject().Remove("nonce"),
        ["member too many"] = j => j["message"]!["shown"] = "and not signed",
        ["domain member too many"] = j => j["domain"]!["version"] = "1",
        ["domain member missing"] = j => j["domain"]!.AsObject().Remove("name"),
        ["top level too many"] = j => j["extra"] = 1,
        ["top level missing"] = j => j.Remove("domain"),
        ["primary type unknown"] = j => j["primaryType"] = "Other",
        ["primary type is the domain"] = j => j["primaryType"] = "EIP712Domain",
        ["type unknown"] = j => j["types"]!["Permit"]!.AsArray().Add(new JsonObject { ["name"] = "x", ["type"] = "Unknown" }),
        ["type uint"] = j => j["types"]!["Permit"]![2]!["type"] = "uint",
        ["type with spaces"] = j => j["types"]!["Permit"]![2]!["type"] = "uint256 ",
        ["type array of length 0"] = j => j["types"]!["Permit"]![2]!["type"] = "uint256[0]",
        ["struct named as a type"] = j => j["types"]!["uint256"] = new JsonArray(),
        ["name injects a member"] = j => j["types"]!["Permit"]![2]!["name"] = "value,uint256 hidden",
        ["struct name injects"] = j => j["types"]!["Permit(address owner)"] = new JsonArray(),
        ["two members of a name"] = j => j["types"]!["Permit"]![2]!["name"] = "owner",
        ["domain of other types"] = j => j["types"]!["EIP712Domain"]![1]!["type"] = "uint64",
        ["domain out of order"] = j => j["types"]!["EIP712Domain"] = Members("uint256 chainId, string name, address verifyingContract"),
        ["number with fraction"] = j => j["message"]!["value"] = 1.5,
        ["number as exponent"] = j => j["message"]!["value"] = JsonNode.Parse("1e3"),
        ["number beyond double"] = j => j["message"]!["value"] = 9007199254740993,
        ["number negative"] = j => j["message"]!["value"] = -1,
        ["number minus zero"] = j => j["message"]!["value"] = JsonNode.Parse("-0"),
        ["number too large"] = j => j["message"]!["value"] = Amount.MaxValue + "0",
        ["number leading zero"] = j => j["message"]!["value"] = "05",
        ["number empty hex"] = j => j["message"]!["value"] = "0x",
        ["number as bool"] = j => j["message"]!["value"] = true,
        ["number null"] = j => j["message"]!["value"] = null,
        ["address checksum"] = j => j["message"]!["owner"] = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        ["address short"] = j => j["message"]!["owner"] = "0x01",
        ["message is a list"] = j => j["message"] = new JsonArray(),
    };

    [Theory, MemberData(nameof(Malformed))]
    public void What_is_not_strict_is_refused(string name) => Assert.StartsWith("Typed data:", Refusal(With(Permit(), malformed[name])), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"types\":{},\"types\":{},\"primaryType\":\"\",\"domain\":{}}")]
    [InlineData("{\"types\":{\"A\":[]},\"primaryType\":\"A\",\"domain\":{},\"message\":{},}")]
    [InlineData("{\"types\":{\"A\":[]},\"primaryType\":\"A\",\"domain\":{},\"message\":{}} ;")]
    [InlineData("{\"types\":{\"A\":[{\"name\":\"a\",\"type\":\"string\"}]},\"primaryType\":\"A\",\"domain\":{},\"message\":{\"a\":\"\\ud800\"}}")]
    public void What_is_not_strict_json_is_refused(string json) => Assert.Throws<FormatException>(() => TypedMessage.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Structs_may_hold_lists_of_themselves_as_deep_as_the_limit()
    {
        JsonObject Nested(int depth) => new() { ["kids"] = depth == 0 ? new JsonArray() : new JsonArray(Nested(depth - 1)) };
        JsonObject Tree(int depth) => Data("Node", "Node[] kids", Nested(depth));

        var json = Tree(5);
        Assert.Equal("Node(Node[] kids)", Parse(json).EncodedType);
        Assert.Throws<FormatException>(() => Parse(Tree(40)));
    }

    [Fact]
    public void Negative_numbers_and_hexadecimal_ones_are_what_ethers_takes_them_for()
    {
        foreach (var (type, value) in ((string, string)[])[("int8", "-128"), ("int256", "-1"), ("int64", "5"), ("uint256", "0xff"), ("uint8", "0xff"), ("bytes3", "0x010203"), ("bytes", "0x"), ("int16[2][]", "")])
        {
            var json = Data("T", $"{type} v", new() { ["v"] = value.Length == 0 ? new JsonArray(new JsonArray(1, -2), new JsonArray(3, 4)) : value });
            var theirs = Ethers.Call("typed.digest", new()
            {
                ["types"] = json["types"]!.DeepClone(), ["domain"] = json["domain"]!.DeepClone(), ["message"] = json["message"]!.DeepClone(),
            });
            Assert.Equal((string?)theirs, Hex.Of(Parse(json).Digest()));
        }
        foreach (var (type, value) in ((string, string)[])[("int8", "-129"), ("int8", "128"), ("uint8", "0x100"), ("int8", "0xff"), ("bytes3", "0x0102"), ("uint256", "-1"), ("int256", Hex.Of(Amount.MaxValue)), ("int256", Amount.MaxValue.ToString())])
            Refusal(Data("T", $"{type} v", new() { ["v"] = value }));
    }

    [Theory]
    [InlineData("Sign in to example.org\nnonce 5", true)]
    [InlineData("12345678901234567890123456789012", false)]
    [InlineData("hidden\u202Etext", false)]
    [InlineData("bell\u0007", false)]
    public void Only_readable_text_that_can_be_no_hash_is_a_mere_statement(string text, bool isUnderstood)
    {
        var effects = format.Decode(new PersonalMessage(Encoding.UTF8.GetBytes(text)), context);

        Assert.Equal(isUnderstood, effects.IsFullyUnderstood);
        Assert.Equal(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)), Assert.IsType<Effect.Memo>(Assert.Single(effects.Items)).Data);
    }

    [Fact]
    public void Binary_messages_are_not_understood() =>
        Assert.False(format.Decode(new PersonalMessage([0xFF, 0xFE]), context).IsFullyUnderstood);
}
