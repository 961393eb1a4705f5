package resolve
import ("testing";"strings";"fmt")
func TestTry(t *testing.T){
 for _,c:=range [][2]string{
 {"format","-- a.py --\nP='shop'\nprobe('{}.{}'.format(P, 'x'))\nprobe('{p}.x'.format(p=P))\nprobe('%s.%s' % (P, 'x'))\nprobe('%s' % P)\nprobe('{0}'.format(zz))\nprobe('%(a)s' % {'a': P})\nprobe('{:>5}'.format(P))\nprobe(f'{P:>5}')\nprobe(f'{P!r}')\nprobe('.'.join([P, 'x']))"},
 {"pydantic","-- a.py --\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='RB_')\n    url: str = 'amqp://x'\n    q: str\n    z: int = Field(5, env='ZED')\n    w: str = Field(default='d', validation_alias='WW')\ns = S()\nprobe(s.url)\nprobe(s.q)\nprobe(s.z)\nprobe(s.w)\nprobe(S().url)"},
 {"pydantic1","-- b.py --\nfrom pydantic import BaseSettings\nclass S(BaseSettings):\n    url: str = 'u'\n    class Config:\n        env_prefix='P_'\nsettings = S()\n-- a.py --\nfrom b import settings\nprobe(settings.url)\ndef get(): return S()\n"},
 {"pydantic getter","-- b.py --\nfrom functools import lru_cache\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    url: str = 'u'\n@lru_cache\ndef get_settings():\n    return S()\n-- a.py --\nfrom b import get_settings\nprobe(get_settings().url)\ns = get_settings()\nprobe(s.url)"},
 {"param default","-- a.py --\nclass C:\n    def __init__(self, n=10):\n        self.n = n\n    def f(self):\n        probe(self.n)\nC()\n"},
 {"param default passed","-- a.py --\nclass C:\n    def __init__(self, n=10):\n        self.n = n\n    def f(self):\n        probe(self.n)\nC()\nC(n=5)"},
 {"local shadow","-- a.py --\nQ='m'\ndef f():\n    Q='l'\n    probe(Q)\ndef g():\n    probe(Q)\ndef h(Q):\n    probe(Q)"},
 {"class scope","-- a.py --\nQ='m'\nclass C:\n    Q='c'\n    R = Q + '.x'\n    def f(self):\n        probe(Q)\n        probe(self.R)"},
 {"self assigned elsewhere","-- a.py --\nclass C:\n    def __init__(self):\n        self.q='a'\n    def set(self, q):\n        self.q=q\n    def f(self):\n        probe(self.q)"},
 {"inherit","-- a.py --\nclass A:\n    Q='a'\nclass B(A):\n    Q='b'\nclass D(A):\n    def f(self):\n        probe(self.Q)\nprobe(B.Q)\nprobe(B().Q)"},
 {"StrEnum","-- a.py --\nfrom enum import Enum, StrEnum\nclass E(str, Enum):\n    A='a'\nclass F(Enum):\n    A='a'\nclass G(StrEnum):\n    A='a'\nprobe(E.A)\nprobe(F.A)\nprobe(G.A)\nprobe(F.A.value)\nprobe(F.A.name)\nprobe(F['A'].value)"},
 {"global","-- a.py --\nch=None\ndef f():\n    global ch\n    ch='x'\n    probe(ch)\n"},
 {"decouple","-- a.py --\nfrom decouple import config\nprobe(config('X', default='d', cast=int))\nprobe(config('Y'))\nfrom decouple import Config\nc = Config(z)\nprobe(c('Z'))"},
 {"environ shadows","-- a.py --\nimport os\nenv = os.environ\nprobe(env['Q'])\nprobe(env.get('Q','d'))\nfrom os import environ as e\nprobe(e.get('A'))\nprobe(os.environ.get(key='K', default='d'))\nK='NAME'\nprobe(os.getenv(K))\nprobe(os.environ.get('A', os.environ.get('B', 'c')))"},
 {"nest","-- a.ts --\nclass S { constructor(private readonly configService: ConfigService, private cfg: ConfigService) {}\n f() { probe(this.configService.get<string>('Q')); probe(this.configService.get('Q', 'd')); probe(this.cfg.getOrThrow('R')) } }\nconst x = { useFactory: (c: ConfigService) => { probe(c.get('Z')) } }"},
 {"nodeconfig","-- a.js --\nconst config = require('config');\nprobe(config.get('rabbit.url'));"},
 {"destructure","-- a.js --\nconst { Q = 'd', R: { s } } = require('./n');\nprobe(Q); probe(s);\nconst [a, b] = ['x','y'];\nprobe(b);\nfunction f({ queue = 'q', p }) { probe(queue); probe(p) }\n-- n.js --\nmodule.exports = { R: { s: 1 } }\n"},
 {"let reassigned","-- a.js --\nlet q = 'a'; if (z) { q = 'b' } probe(q); let n; n = 5; probe(n)"},
 {"reexport","-- src/names/q.ts --\nexport const Q = 'q';\n-- src/names/index.ts --\nexport * from './q';\nexport { Q as Z } from './q';\nexport * as ns from './q';\n-- src/a.ts --\nimport { Q, Z, ns } from './names';\nimport * as all from './names';\nprobe(Q); probe(Z); probe(ns.Q); probe(all.Q);"},
 {"alias path","-- src/names.ts --\nexport const Q = 'q';\n-- src/app/a.ts --\nimport { Q } from '@/names';\nprobe(Q);\nimport { Q as R } from 'src/names';\nprobe(R);\nimport { Q as S } from '~/names';\nprobe(S)"},
 {"class static","-- a.ts --\nexport class K { static readonly Q = 'q'; n = 5; f() { probe(this.n); probe(K.Q) } }\nenum E { A, B = 'b' }\nprobe(E.A); probe(E['B']);\nnamespace N { export const X = 'x' }\nprobe(N.X)"},
 {"object const","-- a.ts --\nexport const Q = { mail: { name: 'm', opts: { durable: true } } } as const;\nprobe(Q.mail.name); probe(Q['mail'].opts); const k = 'mail'; probe(Q[k].name); probe(Q[zz]); probe(Object.freeze({a: 1}).a)"},
 {"concat","-- a.js --\nconst p = process.env.P || 'dev';\nprobe(p + '.orders');\nprobe(`${p}.orders`);\nprobe('a' + 1); probe(1 + 2); probe(60 * 1000)"},
 {"walrus with","-- a.py --\nwith open('x') as f:\n    probe(f)\nfor q in ['a','b']:\n    probe(q)\nif (m := 'x'):\n    probe(m)\nx, y = 'a', 'b'\nprobe(y)\ntry: pass\nexcept E as e: probe(e)"},
 {"func returns","-- a.py --\ndef url(): return 'amqp://x'\nprobe(url())\ndef q(n): return f'{n}.x'\nprobe(q('a'))\nclass C:\n    @property\n    def q(self): return 'p'\n    def f(self): probe(self.q)"},
 {"timedelta","-- a.py --\nfrom datetime import timedelta\nprobe(timedelta(minutes=5))\nimport pika\nprobe(pika.DeliveryMode.Persistent)\nprobe(pika.DeliveryMode.Persistent.value)"},
 {"conditional env","-- a.py --\nimport os\nprobe(os.environ.get('A') if x else 'b')\nprobe(bool(os.getenv('D', '')))\nprobe(os.getenv('D', 'False') == 'True')\nprobe(str(5)); probe(int('7')); probe(float('1.5')); probe(int(1.9))"},
 {"settings many","-- proj/settings/base.py --\nHOST='a'\n-- proj/settings/prod.py --\nfrom .base import *\nHOST='b'\n-- proj/x.py --\nfrom django.conf import settings\nprobe(settings.HOST)\nprobe(settings.NOPE)\nprobe(getattr(settings, 'HOST', 'd'))"},
 {"deep", "-- a.py --\nprobe("+strings.Repeat("(", 3000)+"1"+strings.Repeat(")",3000)+")\nx = "+strings.Repeat("'a' + ",900)+"'b'\nprobe(len(x))"},
 {"mutual import","-- a.py --\nfrom b import X\nY = X\nprobe(Y)\n-- b.py --\nfrom a import Y\nX = Y\n"},
 {"dict update","-- a.py --\nargs = {'a': 1}\nargs['b'] = 2\nif z:\n    args['c'] = 3\nprobe(args)\nargs2 = dict(a=1)\nargs2.update(b=2)\nprobe(args2)\nl = []\nl.append('x')\nprobe(l)"},
 {"js mutate","-- a.js --\nconst o = {a: 1};\no.b = 2;\nObject.assign(o, {c: 3});\nprobe(o); const q = [1]; q.push(2); probe(q)"},
 }{
  p,f:=parse(t,c[1]); fmt.Println(c[0],"=>",strings.Join(probes(p,f),"  |  "))
 }
}
