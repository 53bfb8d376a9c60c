/**
 * Common words in passwords, in lower case. The list was written for this project from general knowledge about leaked
 * passwords; it is not a copy of another list. Rules cover variants with digits, signs and look-alikes.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
  pass passwd password passwords passphrase passcode passme mypass mypassword newpass newpassword oldpassword
  yourpassword thepassword nopassword password1 passpass passwort motdepasse contrasena contraseña senha parola
  hasło haslo пароль wachtwoord lozinka heslo salasana sifre
  admin administrator adminadmin root rootroot toor sysadmin superuser superadmin user users username guest
  default system server service support manager operator master masterkey backup database oracle postgres mysql
  redis tomcat cisco cisco123 linux ubuntu debian windows microsoft computer internet network security secure secret
  secrets secret1 topsecret private letmein letmeinnow letmeout login logmein loginlogin signin welcome welcome1
  welcomehome access access14 open opensesame opensaysme sesame changeme changeit changemenow changethis temp
  temporary temppass temppassword test testtest testing tester test1234 demo example sample trial trustno1
  whatever whatever1 nothing anything something someone nobody everyone unknown anonymous hello hellohello
  helloworld hellokitty goodbye thankyou please sorry forever forever21 always never
  qwerty qwertyui qwertyuiop qwert qwer qwertz azerty asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx qazwsxedc
  qweasd qweasdzxc qweqwe asdasd zxczxc qwaszx abcd abcdef abcdefg abc abc123 abcabc aaa aaaa xxx xxxx iii
  iloveyou iloveyou1 iloveyou2 iloveu ilovehim iloveher iloveme ilovejesus ilovegod ilovemymom imissyou loveyou
  lovely lovelove lovers lover loveme loveu love loves loving lovebug babylove truelove mylove youandme onelove
  teamo teamomucho tequiero mahal mahalko jetaime tiamo ichliebedich amor amorcito corazon princesa princess
  princess1 prince queen king sweet sweety sweetie sweetheart sweetpea honey honeybee baby babygirl babyboy babe
  angel angels angelica angelito darling cutie cutiepie pretty beautiful gorgeous handsome sexy sexygirl sexyboy
  bella buttercup cupcake cookie cookies candy sugar chocolate banana strawberry cherry apple apples orange lemon
  peaches pepper ginger vanilla cheese pizza chicken bacon hotdog coffee beer whiskey vodka tequila
  monkey monkeys dragon dragons dragonball tiger tigers lion lions eagle eagles falcon falcons bear bears panda
  puppy puppies doggie doggy bulldog kitty kitten kittycat pussycat rabbit bunny horse horses pony turtle dolphin
  dolphins shark spider butterfly scorpion phoenix unicorn wolf wolfpack wolverine panther panthers buster rocky
  lucky lucky7 shadow shadows smokey tigger snoopy simba nemo pokemon pikachu charizard naruto sasuke goku
  superman batman spiderman ironman superstar superhero starwars startrek skywalker darthvader yoda jedi harrypotter
  gandalf frodo legolas matrix neo terminator rambo zelda mario luigi sonic minecraft fortnite roblox counterstrike
  warcraft starcraft playstation nintendo xbox gamer gameover player hacker hackers ninja samurai pirate pirates
  warrior warriors knight soldier killer killers hunter hunters ranger rangers gunner sniper assassin destroyer
  football football1 soccer baseball basketball hockey tennis golf golfer swimming skater skateboard racing ferrari
  porsche mercedes mustang corvette camaro harley yamaha honda toyota nissan bmw jaguar lamborghini
  liverpool liverpoolfc chelsea chelseafc arsenal manchester manutd manunited everton tottenham celtic barcelona
  realmadrid juventus milan inter bayern benfica sporting flamengo corinthians palmeiras boca riverplate
  yankees redsox cowboys steelers patriots packers broncos raiders lakers bulls rangers1 giants dodgers braves
  summer winter spring autumn january february march april may june july august september october november
  december monday tuesday wednesday thursday friday saturday sunday sunshine sunshine1 sunflower moonlight starlight
  rainbow thunder lightning storm stormy fire firefly flower flowers rose daisy lily violet jasmine garden ocean
  freedom liberty peace heaven hell jesus jesus1 jesuschrist christ god godisgood blessed blessing faith hope grace
  angel1 devil satan lucifer demon vampire ghost zombie
  michael michelle jessica jennifer jordan jordan23 ashley amanda andrew anthony daniel david danielle elizabeth
  nicole charlie thomas robert william joshua matthew justin christian christopher alexander alexandra samantha
  stephanie victoria veronica natasha natalie vanessa melissa rebecca rachel sarah patricia barbara maria marina
  martin marcus maverick george richard patrick benjamin jonathan nathan nicholas austin brandon brian kevin
  steven edward joseph johnny jackson johnson smith williams taylor madison morgan hannah lauren megan heather
  amber crystal sabrina gabriel gabriela carlos alejandro alejandra fernando eduardo roberto ricardo sebastian
  francisco valentina isabella sophie sophia olivia oliver maxwell maggie molly sammy bailey cooper harley1 toby
  america american canada england london paris berlin germany france italia italy espana spain mexico brasil brazil
  argentina colombia india pakistan china japan russia ukraine poland turkey istanbul holland sweden australia texas
  california chicago boston dallas newyork phoenix1 orlando florida vegas lasvegas
  metallica slipknot nirvana eminem tupac blink182 greenday linkinpark rockstar rocknroll rockon rock music
  guitar drummer piano dancer dancing singer hiphop rapper justinbieber onedirection beatles elvis
  family friends friend bestfriend bestfriends sister brother mother father mommy daddy momanddad grandma mom dad
  boyfriend girlfriend husband wife married single
  money cash dollar dollars rich richie million billion lottery winner champion success business company
  office school college university teacher student library science doctor nurse police
  fuck fucker fuckme fuckoff fuckyou fuckyou1 fuckyou2 motherfucker asshole bitch bitches bastard bullshit shit
  shithead pussy dick cock sex porn penis boobs nipple slut whore
  google facebook twitter instagram youtube myspace linkedin yahoo gmail hotmail amazon samsung nokia iphone apple1
  android blackberry motorola sony dell toshiba lenovo
  black white blue red green purple yellow silver golden gold diamond diamonds platinum crystal1 ruby pearl
  blackjack poker casino jackpot
  p@ssw0rd passw0rd pa55word letme1n adm1n r00t
  awesome amazing perfect special super superb great greatness cool cool1234 crazy crazygirl happy happyday smile smiley
  smiles funny lol lollol lollipop haha hahaha hehe omg
  midnight mercury jupiter saturn venus galaxy universe planet space apollo discovery enterprise
  maverick1 viper cobra python scooter scooby bubbles bubba peanut pumpkin muffin marshmallow jellybean snickers
  sparky spike ginger1 oreo whiskers fluffy precious princess2 tinkerbell cinderella barbie disney mickey minnie
  donald garfield bugsbunny simpsons homer bart southpark cartman
  asd asd123 zaq zaq12wsx zaq1zaq1 xsw2 cde3 1q2w3e 1q2w3e4r 1qaz 2wsx qwe qwe123 q1w2e3 q1w2e3r4 a1b2c3 a1b2c3d4
  frameflow
  `
    .trim()
    .split(/\s+/),
);
